# shellcheck shell=bash
# Sourced by bench: medians of runs taken in turns, and their ratios. Times are milliseconds. Needs steps.sh.

# median NUMBER...
median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# timed COMMAND...: the milliseconds that it took; its output goes to standard error when it fails, with a failing status.
timed() {
    local started output
    started=$EPOCHREALTIME
    if ! output=$("$@" 2>&1); then
        printf 'failed: %s\n%s\n' "$*" "$output" >&2
        return 1
    fi
    awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", (b - a) * 1000 }'
}

# candidate NAME COMMAND...: something to measure; the command prints its own milliseconds first, then what else it has to say.
declare -A commands=() samples=() result=()
candidate() {
    local name=$1
    shift
    say "$name: $(shown "$@")"
    names+=("$name")
    commands[$name]=${*@Q}
    samples[$name]=
}
names=()

# in_turns TIMES: measures all candidates, one after the other in each round, so that a busy machine is busy for all of them; what one
# has left to be written to the disk is written before the next begins. Sets result[NAME] to the median of each. They are
# milliseconds, or what `unit` says.
in_turns() {
    local name line round
    for ((round = 1; round <= $1; round++)); do
        for name in "${names[@]}"; do
            timeout 60 sync || say "the disk was still busy 60 s before this: $name"
            line=$(eval "${commands[$name]}")
            samples[$name]+="${line%% *} "
            [ "$line" = "${line%% *}" ] || say "    $name: $line"
        done
    done
    for name in "${names[@]}"; do
        # shellcheck disable=SC2086
        result[$name]=$(median ${samples[$name]})
        say "$name: median ${result[$name]} ${unit:-ms} of ${samples[$name]}"
    done
    names=()
}

# The command as a reader would type it.
shown() {
    case $1 in
        timed) printf '%s' "${*:2}" ;;
        calls_per_second) printf 'pgbc test mix.lua --nodes %s -- %s' "$2" "${*:3}" ;;
        run_init) printf 'pgbc init --config %s, until the replicas stream a write made through each balancer' "$2" ;;
        run_floor) printf 'initdb, start, pg_basebackup, start, pgpool, until the replica streams a write made through pgpool' ;;
    esac
}

# ratio NAME OVER BUDGET: one line, with the budget that the ratio is held against.
ratio() {
    awk -v a="${result[$1]}" -v b="${result[$2]}" -v name="$1 / $2" -v budget="$3" \
        'BEGIN { r = a / b; printf "    %-44s %5.2fx   at most %sx: %s\n", name, r, budget, (r <= budget ? "kept" : "EXCEEDED") }'
}

# within NAME BUDGET UNIT
within() {
    awk -v a="${result[$1]}" -v name="$1" -v budget="$2" -v unit="$3" \
        'BEGIN { printf "    %-44s %5.2f %s   at most %s: %s\n", name, a, unit, budget, (a <= budget ? "kept" : "EXCEEDED") }'
}

# at_least NAME BUDGET UNIT
at_least() {
    awk -v a="${result[$1]}" -v name="$1" -v budget="$2" -v unit="$3" \
        'BEGIN { printf "    %-44s %5.0f %s   at least %s: %s\n", name, a, unit, budget, (a >= budget ? "kept" : "MISSED") }'
}
