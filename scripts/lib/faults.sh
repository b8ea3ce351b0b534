#!/usr/bin/env bash
# Does one thing to containers and undoes it: bash scripts/lib/faults.sh FAULT CONTAINER [SECONDS]; prints what it did, as it does it.
#
#   kill C [S]      SIGKILL through the engine, which then leaves it stopped; started again after S seconds
#   crash C         SIGKILL from outside of the engine, as the kernel does it: the engine's restart policy brings it back
#   stop C [S]      a clean stop; started again after S seconds
#   pause C [S]     frozen for S seconds: it accepts connections and never answers
#   isolate C [S]   cut off from its network for S seconds
#   restart C       stopped cleanly and started again at once
#   fill FILE [S]   the file system that holds FILE is filled up; FILE is removed after S seconds
#   two FAULT C FAULT C [S]   two of these at once
#   engine FOLDER   the engine that own-engine.sh runs in FOLDER is stopped, and started again
#
# S is 5 when it is left out. Whatever ends this script, the fault is undone.
# Each fault sets its own undo, which the trap calls.
# shellcheck disable=SC2317
set -euo pipefail
# shellcheck source=scripts/lib/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

post() {
    engine_api POST "$1" --max-time 60 --output /dev/null "${@:2}" || {
        warn "the engine did not carry out POST $1"
        return 1
    }
}

start_again() { post "/containers/$1/start"; }

# inspect CONTAINER: "NETWORK-ID ADDRESS PID".
inspect() {
    engine_api GET "/containers/$1/json" --max-time 20 | python3 -c '
import json, sys
container = json.load(sys.stdin)
network = list(container["NetworkSettings"]["Networks"].values())[0]
wanted = (network.get("IPAMConfig") or {}).get("IPv4Address") or network["IPAddress"]
print(network["NetworkID"], wanted, container["State"]["Pid"])'
}

undo() { :; }
finish() {
    local status=$?
    trap - EXIT
    undo || status=1
    exit "$status"
}

# hold SECONDS: the fault lasts; a signal ends it early.
hold() {
    sleep "$1" &
    wait $!
}

fault_kill() {
    undo() { start_again "$container" && echo "started $container"; }
    post "/containers/$container/kill"
    echo "killed $container"
    hold "$seconds"
}

fault_crash() {
    local pid
    read -r _ _ pid <<<"$(inspect "$container")"
    [ "${pid:-0}" -gt 1 ] || fail "$container has no process on this machine (pid ${pid:-none})"
    kill -KILL "$pid"
    echo "killed process $pid of $container"
}

fault_stop() {
    undo() { start_again "$container" && echo "started $container"; }
    post "/containers/$container/stop?t=30"
    echo "stopped $container"
    hold "$seconds"
}

fault_pause() {
    undo() { post "/containers/$container/unpause" && echo "woke $container"; }
    # runc gives up on a container whose programs start others all the while, and leaves it to the caller to try again.
    wait_until 20 post "/containers/$container/pause" || fail "$container could not be paused within 20 s"
    echo "paused $container"
    hold "$seconds"
}

fault_isolate() {
    read -r network address _ <<<"$(inspect "$container")"
    undo() {
        post "/networks/$network/connect" --header 'Content-Type: application/json' \
            --data "{\"Container\": \"$container\", \"EndpointConfig\": {\"IPAMConfig\": {\"IPv4Address\": \"$address\"}}}" &&
            echo "connected $container"
    }
    post "/networks/$network/disconnect" --header 'Content-Type: application/json' \
        --data "{\"Container\": \"$container\", \"Force\": false}"
    echo "disconnected $container"
    hold "$seconds"
}

fault_restart() {
    post "/containers/$container/restart?t=30"
    echo "restarted $container"
}

# Each undoes its own part, also when this one is ended.
fault_two() {
    pids=()
    bash "${BASH_SOURCE[0]}" "$1" "$2" "$seconds" &
    pids+=($!)
    bash "${BASH_SOURCE[0]}" "$3" "$4" "$seconds" &
    pids+=($!)
    undo() { kill "${pids[@]}" 2>/dev/null || true; }
    wait "${pids[0]}"
    wait "${pids[1]}"
    undo() { :; }
}

fault_fill() {
    undo() { rm -f "$container" && echo "emptied $container"; }
    dd if=/dev/zero of="$container" bs=1M status=none 2>/dev/null || true
    echo "filled $container"
    hold "$seconds"
}

# A killed engine is not tried: Docker 20.10 then takes its containers for stopped by hand and never starts them again.
fault_engine() {
    pid=$(cat "$container/docker.pid")
    undo() { bash "$library/own-engine.sh" start "$container" && echo "started the engine"; }
    echo "stopped the engine"
    kill -TERM "$pid"
    wait_until 60 process_is_gone "$pid" || fail "the engine (process $pid) did not end within 60 s"
}

process_is_gone() { ! kill -0 "$1" 2>/dev/null; }

fault=${1:-} container=${2:-}
[ -n "$container" ] || fail "a fault and a container are needed" "see the top of $0"
trap finish EXIT
trap 'exit 130' INT TERM
case $fault in
    kill | crash | stop | pause | isolate | restart | fill)
        seconds=${3:-5}
        "fault_$fault"
        ;;
    two)
        seconds=${6:-5}
        fault_two "${@:2:4}"
        ;;
    engine) fault_engine ;;
    *) fail "there is no fault \"$fault\"" "see the top of $0" ;;
esac
