# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
# Sourced by bench: random failures and operations under load for a long time, repeatable by their seed. Needs bench-failover.sh.

# bench_soak --minutes N [--seed S]: one cluster, one thing after another, each judged; ends with 1 at the first fault that must never be.
bench_soak() {
    local minutes=5 seed=$RANDOM deadline round=0 choice kind=soak
    set -- "$times" "$@"
    while [ $# -gt 0 ]; do
        case $1 in
            --minutes) minutes=${2:?--minutes wants a number} && shift ;;
            --seed) seed=${2:?--seed wants a number} && shift ;;
            *[!0-9]* | '') fail "there is no option \"$1\"" "usage: scripts/bench soak --minutes N [--seed S]" ;;
            *) minutes=$1 ;;
        esac
        shift
    done
    say "$minutes minutes, seed $seed (run it again with: scripts/bench soak --minutes $minutes --seed $seed)"
    results=$PWD/.build/bench-soak.jsonl
    wanted_rows=()
    build_checker
    mkdir -p "${results%/*}"
    : >"$results"
    prepare_failover_configs
    if "$pgbc" recipe show switchover >/dev/null 2>&1; then soak_events+=("${soak_operations[@]}"); fi
    may_lose=no unjudged=0 row_rests=no
    grep -q sync "$configs/$kind.lua" || may_lose=yes
    RANDOM=$seed
    deadline=$((SECONDS + minutes * 60))
    while [ $SECONDS -lt $deadline ]; do
        round=$((round + 1))
        choice=${soak_events[RANDOM % ${#soak_events[@]}]}
        read -ra words <<<"$choice"
        words=("${words[@]/SECONDS/$((RANDOM % 8 + 2))}")
        words=("${words[@]/NUMBER/$((RANDOM % 60 + 10))}")
        case ${words[0]} in
            pgbc) row "$round: ${words[*]}" $kind load 1 "$pgbc" "${words[@]:1}" --cluster "$bench_name" ;;
            *) row "$round: ${words[*]}" $kind load 1 bash "$faults" "${words[@]}" ;;
        esac
    done
    use_cluster none
    python3 "$library/failover_table.py" "$results" ''
    [ "$unjudged" -eq 0 ] || say "$unjudged events could not be judged"
    if ! python3 "$library/failover_table.py" --verdict "$results" "$may_lose" || [ "$unjudged" -gt 0 ]; then
        fail "the soak found faults (seed $seed)"
    fi
}

soak_events=(
    'kill PRIMARY SECONDS' 'crash PRIMARY' 'stop PRIMARY SECONDS' 'pause PRIMARY SECONDS' 'isolate PRIMARY SECONDS'
    'kill REPLICA SECONDS' 'pause REPLICA SECONDS' 'isolate REPLICA2 SECONDS' 'crash REPLICA2'
    'crash BALANCER' 'kill BALANCER SECONDS' 'pause BALANCER SECONDS'
    'restart BALANCER' 'isolate BALANCER SECONDS' 'stop REPLICA SECONDS'
    'two kill PRIMARY kill REPLICA SECONDS' 'two kill REPLICA kill REPLICA2 SECONDS' 'two kill PRIMARY kill BALANCER SECONDS'
    'two kill PRIMARY restart BALANCER SECONDS' 'two pause PRIMARY isolate REPLICA SECONDS'
    'two pause PRIMARY kill BALANCER SECONDS' 'two isolate PRIMARY pause REPLICA2 SECONDS'
)

soak_operations=(
    'pgbc switchover' 'pgbc switchover' 'pgbc rolling-restart' 'pgbc configure work_mem=NUMBERMB' 'pgbc configure max_connections=2NUMBER'
)
