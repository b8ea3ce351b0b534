#!/usr/bin/env bash
# Runs a command with a Docker engine of its own, in its own network and mount namespace, so that the engine can be ended without harm to any
# other: unshare --mount --net --fork bash scripts/lib/own-engine.sh COMMAND...   Sets DOCKER_HOST and, for faults.sh, PGBC_OWN_ENGINE.
set -euo pipefail
# shellcheck source=scripts/lib/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

images=(pgbc/postgres:15 pgbc/balancer:4.3 ${PGBC_BENCH_BALANCER_IMAGE:+"$PGBC_BENCH_BALANCER_IMAGE"})
folder=''

# start FOLDER: starts the engine and waits until it answers; its process number is in FOLDER/docker.pid.
start() {
    rm -f "$1/docker.pid"
    start_detached "$1/log" dockerd --data-root "$1/data" --exec-root "$1/run" --pidfile "$1/docker.pid" --host "unix://$1/docker.sock" --bridge none
    DOCKER_HOST=unix://$1/docker.sock wait_until 60 engine_answers || fail "the engine of $1 did not answer within 60 s" "$(tail -n 20 "$1/log")"
}

finish_engine() {
    local pid
    pid=$(cat "$folder/docker.pid" 2>/dev/null) || pid=''
    if [ -n "$pid" ]; then
        kill -TERM "$pid" 2>/dev/null || true
        wait_until 60 engine_is_gone "$pid" || kill -KILL "$pid"
    fi
    awk -v folder="$folder/" 'index($5, folder) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount --lazy
    rm -rf "$folder"
}

engine_is_gone() { ! kill -0 "$1" 2>/dev/null; }

if [ "${1:-}" = start ]; then
    start "$2"
    exit
fi
folder=$(mktemp -d)
trap 'report_failed_step; finish_engine' EXIT
mount --make-rprivate /
ip link set lo up
say "a second engine in $folder: copying ${images[*]}"
engine_api GET "/images/get?names=${images[0]}$(printf '&names=%s' "${images[@]:1}")" --max-time 200 --output "$folder/images.tar"
start "$folder"
export DOCKER_HOST=unix://$folder/docker.sock
engine_api POST '/images/load?quiet=1' --max-time 300 --output /dev/null --header 'Content-Type: application/x-tar' --upload-file "$folder/images.tar"
rm -f "$folder/images.tar"
PGBC_OWN_ENGINE=$folder "$@"
