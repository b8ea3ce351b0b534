# shellcheck shell=bash
# Sourced: named, timed steps; bounded, named waits; messages that say what failed and what to do.

if ((BASH_VERSINFO[0] < 5)); then
    printf '%s needs bash 5 or later; this is %s\n' "${0##*/}" "$BASH_VERSION" >&2
    exit 1
fi
shopt -s inherit_errexit

say() { printf '    %s\n' "$*"; }

warn() { printf '    %s\n' "$*" >&2; }

# fail WHAT [WHAT TO DO]...: one paragraph on standard error, then exit 1.
fail() {
    printf '\n%s: %s\n' "${0##*/}" "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
    exit 1
}

now_ms() { printf '%s' $((${EPOCHREALTIME/[.,]/} / 1000)); }

# seconds MS: milliseconds as "12.3 s".
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }

# step NAME COMMAND...: runs the command and prints how long it took. A failure ends the script, and the trap says in which step.
step() {
    current_step=$1
    local started
    started=$(now_ms)
    shift
    printf '==> %s\n' "$current_step"
    "$@"
    printf '    %s: %s\n' "$current_step" "$(seconds $(($(now_ms) - started)))"
    current_step=
}

report_failed_step() {
    local status=$?
    [ "$status" -eq 0 ] || [ -z "${current_step:-}" ] ||
        printf '\n%s: the step "%s" failed (exit %d)\n' "${0##*/}" "$current_step" "$status" >&2
}
trap report_failed_step EXIT

# wait_until SECONDS COMMAND...: polls every 50 ms; status 1 once the time is over.
wait_until() {
    local deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(now_ms)" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

is_root() { [ "$(id -u)" -eq 0 ]; }

is_linux() { [ "$(uname -s)" = Linux ]; }
