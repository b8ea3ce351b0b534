# shellcheck shell=bash
# Sourced: finds a Docker engine or starts one, through the Engine API alone; no docker command is needed.

library=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/lib/steps.sh
source "$library/steps.sh"
# shellcheck source=scripts/lib/packages.sh
source "$library/packages.sh"
# shellcheck source=scripts/lib/base-image.sh
source "$library/base-image.sh"

engine_log=/var/log/dockerd.log

engine_address() { printf '%s' "${DOCKER_HOST:-unix:///var/run/docker.sock}"; }

# engine_api METHOD PATH [CURL OPTION]...: one request to the engine; the body on standard output, status not 0 for an HTTP error.
engine_api() {
    local method=$1 path=$2 address where=()
    shift 2
    address=$(engine_address)
    case $address in
        unix://*) where=(--unix-socket "${address#unix://}" "http://localhost$path") ;;
        tcp://* | http://*) where=("$(engine_scheme)://${address#*://}$path") ;;
        *)
            warn "DOCKER_HOST=$address is neither unix:// nor tcp://"
            return 2
            ;;
    esac
    if [ "$(engine_scheme)" = https ]; then
        local tls=${DOCKER_CERT_PATH:-$HOME/.docker}
        where+=(--cacert "$tls/ca.pem" --cert "$tls/cert.pem" --key "$tls/key.pem")
    fi
    curl --silent --fail --noproxy '*' --request "$method" "$@" "${where[@]}"
}

engine_scheme() { if [ -n "${DOCKER_TLS_VERIFY:-}" ]; then printf https; else printf http; fi; }

engine_answers() { have curl && engine_api GET /_ping --max-time 5 >/dev/null 2>&1; }

engine_has_image() { engine_api GET "/images/$1/json" --max-time 20 >/dev/null 2>&1; }

# An engine that answers is used as it is. One is started only here, as root, where DOCKER_HOST names no other.
ensure_engine() {
    if engine_answers; then
        say "an engine answers at $(engine_address): used as it is"
        return
    fi
    explain_unstartable_engine
    ensure_packages docker.io iptables
    start_engine
    wait_until 60 engine_answers ||
        fail "the engine did not answer at $(engine_address) within 60 s" "last lines of $engine_log:" "$(tail -n 20 "$engine_log" 2>&1)"
    say "started an engine; its log is $engine_log; it goes on running after this script"
}

explain_unstartable_engine() {
    local socket=/var/run/docker.sock
    [ -z "${DOCKER_HOST:-}" ] ||
        fail "no engine answers at DOCKER_HOST=$DOCKER_HOST (unix:// and tcp:// are understood)" \
            "start that engine, or unset DOCKER_HOST to use this machine's own"
    is_linux || fail "no Docker engine answers" "start Docker Desktop, colima or another engine, then run ${0##*/} again"
    is_root && return
    if [ -S "$socket" ] && [ ! -w "$socket" ]; then
        fail "you may not use $socket" "run: sudo usermod -aG docker $(id -un)" "then log in again"
    fi
    fail "no Docker engine answers, and only root may start one" "run: sudo apt-get install docker.io && sudo service docker start" \
        "or run ${0##*/} as root"
}

start_engine() {
    if [ -d /run/systemd/system ]; then
        engine_log='journalctl -u docker'
        systemctl start docker || fail "systemctl start docker failed" "see: journalctl -u docker"
    else
        ensure_cgroups
        start_detached "$engine_log" dockerd
    fi
}

# Without systemd the control groups may not be mounted yet.
ensure_cgroups() {
    [ -e /sys/fs/cgroup/cgroup.controllers ] || [ -d /sys/fs/cgroup/memory ] && return
    ensure_packages cgroupfs-mount
    cgroupfs-mount
}

# start_detached LOG COMMAND...: outlives this script, its terminal and its pipes, and holds none of its open files.
start_detached() (
    exec </dev/null >>"$1" 2>&1
    shift
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
    done
    setsid --fork "$@"
)
