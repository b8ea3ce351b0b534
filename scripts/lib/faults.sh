#!/usr/bin/env bash
# Does one thing to containers and undoes it: bash scripts/lib/faults.sh FAULT CONTAINER [SECONDS]; prints what it did, as it does it.
#
#   kill C [S]      SIGKILL through the engine, which then leaves it stopped; started again after S seconds
#   crash C         SIGKILL from outside of the engine, as the kernel does it: the engine's restart policy brings it back
#   stop C [S]      a clean stop; started again after S seconds
#   pause C [S]     frozen for S seconds: it accepts connections and never answers
#   isolate C [S]   cut off from its network for S seconds
#   both A B [S]    kill of two at once; both started again after S seconds
#   fill FILE [S]   the file system that holds FILE is filled up; FILE is removed after S seconds
#
# S is 5 when it is left out. Whatever ends this script, the fault is undone.
# Each fault sets its own undo, which the trap calls.
# shellcheck disable=SC2317
set -euo pipefail
# shellcheck source=scripts/lib/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

post() { engine_api POST "$1" --max-time 60 --output /dev/null "${@:2}"; }

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
    post "/containers/$container/pause"
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

fault_both() {
    undo() {
        start_again "$container" &
        start_again "$second" &
        wait
        echo "started $container and $second"
    }
    post "/containers/$container/kill" &
    post "/containers/$second/kill" &
    wait
    echo "killed $container and $second"
    hold "$seconds"
}

fault_fill() {
    undo() { rm -f "$container" && echo "emptied $container"; }
    dd if=/dev/zero of="$container" bs=1M status=none 2>/dev/null || true
    echo "filled $container"
    hold "$seconds"
}

fault=${1:-} container=${2:-} second=''
shift 2 || true
if [ "$fault" = both ]; then
    second=${1:-}
    shift || true
fi
seconds=${1:-5}
[ -n "$container" ] || fail "a fault and a container are needed" "see the top of $0"
case $fault in
    kill | crash | stop | pause | isolate | both | fill) ;;
    *) fail "there is no fault \"$fault\"" "see the top of $0" ;;
esac
trap finish EXIT
trap 'exit 130' INT TERM
"fault_$fault"
