# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by bench: what failures and planned operations cost clients that write all the time. Needs bench-clusters.sh.

# shellcheck source=scripts/lib/data-files.sh disable=SC1091
source "$library/data-files.sh"
# shellcheck source=scripts/lib/small-volumes.sh disable=SC1091
source "$library/small-volumes.sh"
# shellcheck source=scripts/lib/failover-rows.sh disable=SC1091
source "$library/failover-rows.sh"
faults=$library/faults.sh
bench_name=${PGBC_BENCH_NAME:-benchfo}
run_bound=300 # seconds for one check; one that takes longer is not judged

# bench_failover [--engine-restart] [ROW]...: all rows of both tables, or those whose names contain one of the words ("=primary": begin with it). With
# --engine-restart also what the end of the Docker engine costs, on a second engine that is started for it.
bench_failover() {
    local began=$SECONDS own_engine=no
    if [ "${1:-}" = --engine-restart ]; then
        own_engine=yes
        shift
    fi
    wanted_rows=("$@")
    results=${PGBC_BENCH_RESULTS:-$PWD/.build/bench-failover.jsonl}
    unjudged=0
    build_checker
    mkdir -p "${results%/*}"
    [ -n "${PGBC_BENCH_RESULTS:-}" ] || : >"$results"
    prepare_failover_configs
    if [ -n "${PGBC_OWN_ENGINE:-}" ]; then
        engine_rows
        use_cluster none
        [ "$unjudged" -eq 0 ] || fail "$unjudged runs could not be judged"
        return
    fi
    unplanned_rows
    planned_rows
    use_cluster none
    if [ $own_engine = yes ]; then bench_on_own_engine; fi
    python3 "$library/failover_table.py" "$results" "$(promotion_floor)"
    say "$(wc -l <"$results") results in $(((SECONDS - began + 59) / 60)) minutes; $unjudged runs could not be judged"
    [ "$unjudged" -eq 0 ]
}

bench_on_own_engine() {
    if ! is_root || ! is_linux; then fail "an engine of its own needs root on Linux"; fi
    PGBC_BENCH_RESULTS=$results PGBC_CHECKER=$checker unshare --mount --net --fork \
        bash "$library/own-engine.sh" bash scripts/bench failover "$times"
}

# The tool that writes, reads back and judges (Tests/WriteChecker).
build_checker() {
    checker=${PGBC_CHECKER:-}
    [ -z "$checker" ] || return 0
    swift build --configuration release --product pgbc-checker
    checker=$(swift build --configuration release --show-bin-path)/pgbc-checker
}

# topology KIND KEYS: one that this pgbc does not take is left out.
topology() {
    local image=${PGBC_BENCH_BALANCER_IMAGE:+, image = \"$PGBC_BENCH_BALANCER_IMAGE\"}
    printf 'return cluster "%s" { balancer "lb1" { replicas = 2%s%s } }\n' "$bench_name" "$2" "$image" >"$configs/$1.lua"
    "$pgbc" validate --config "$configs/$1.lua" >/dev/null 2>&1 || rm "$configs/$1.lua"
}

prepare_failover_configs() {
    local disk
    topology plain ''
    topology sync ', sync = 1'
    topology held ', hold = true'
    topology soak ', sync = 1, hold = true'
    for disk in primary replica control; do topology "small_$disk" ', settings = { max_wal_size = "128MB" }'; done
    running=none
}

is_wanted() {
    local word
    [ ${#wanted_rows[@]} -gt 0 ] || return 0
    for word in "${wanted_rows[@]}"; do [[ "=$1" != *"$word"* ]] || return 0; done
    return 1
}

row() {
    local name=$1 kind=$2 load=$3 runs=$4 run
    shift 4
    is_wanted "$name" || return 0
    if [ ! -e "$configs/$kind.lua" ]; then
        say "$name: skipped, this pgbc does not take such a topology"
        return
    fi
    for ((run = 1; run <= runs; run++)); do
        use_cluster "$kind" || return 0
        one_run "$name" "$load" "$@"
    done
    [ "$load" = changing ] || [ "$row_rests" = no ] || look_at_rest "$name"
}
row_rests=yes

# look_at_rest ROW: the data files of all nodes while nothing runs, after the last run of a row.
look_at_rest() {
    local found
    found=$(data_at_rest "$configs/$running.lua" 2>&1) || found="could not be looked at: $found"
    python3 "$library/failover_table.py" --rest "$results" "$1" "$found" || remake_cluster
}

# use_cluster KIND: one cluster at a time; none for none.
use_cluster() {
    [ "$running" != "$1" ] || return 0
    [ "$running" = none ] || remove "$configs/$running.lua"
    [ -z "$small_folder" ] || remove_small_volume
    running=none
    [ "$1" != none ] || return 0
    expect_none "$configs/$1.lua"
    [[ $1 != small_* ]] || make_small_volume "${1#small_}" || return 1
    bring_up "$configs/$1.lua"
    running=$1
}

# one_run ROW LOAD COMMAND...: appends one line to the results. A cluster that does not heal is made anew.
one_run() {
    local name=$1 load=$2 config=$configs/$running.lua options=() words=() word report fault='' since
    shift 2
    case $load in
        idle) options=(--clients 1 --pause 0.2 --bank 0 --append 0 --readers 0) ;;
        changing) options=(--no-health) ;;
    esac
    read_containers "$config"
    for word in "$@"; do words+=("$(meant "$word")"); done
    while read -r word _; do
        [ "$load" != changing ] || [[ $word != *replica3* ]] || continue
        options+=(--node "$word=$("$pgbc" dsn --node "$word" --config "$config")")
    done < <(primary_first "$config")
    since=$(date +%s)
    if ! report=$(timeout "$run_bound" "$checker" --balancer "$("$pgbc" dsn --balancer lb1 --config "$config")" "${options[@]}" -- "${words[@]}"); then
        say "$name: the check could not be carried out; the cluster is made anew"
        unjudged=$((unjudged + 1))
        remake_cluster
        return
    fi
    fault=$(data_fault "$config") || fault="the data could not be looked at"
    python3 "$library/failover_table.py" --add "$results" "$name" "$fault" "$(own_recovery "${containers[PRIMARY]}" "$since")" <<<"$report" ||
        remake_cluster
}

remake_cluster() {
    local kind=$running
    use_cluster none
    use_cluster "$kind"
}

# Sets containers: PRIMARY, REPLICA, REPLICA2, BALANCER.
declare -A containers=()
read_containers() {
    local key container
    while read -r key container; do containers[$key]=$container; done < <("$pgbc" status --json --config "$1" | python3 -c '
import json, sys
balancer = json.loads(sys.stdin.read().strip().splitlines()[-1])["balancers"][0]
print("BALANCER", balancer["container"])
replicas = [node["container"] for node in balancer["nodes"] if node["role"] != "primary"]
for node in balancer["nodes"]:
    if node["role"] == "primary": print("PRIMARY", node["container"])
for number, container in enumerate(replicas, 1): print("REPLICA" + (str(number) if number > 1 else ""), container)')
}

meant() {
    case $1 in
        PRIMARY | REPLICA | REPLICA2 | BALANCER) printf '%s' "${containers[$1]}" ;;
        SMALL/*) printf '%s' "$small_folder/${1#*/}" ;;
        ENGINE) printf '%s' "$PGBC_OWN_ENGINE" ;;
        *) printf '%s' "$1" ;;
    esac
}

# own_recovery CONTAINER SINCE: the seconds for which PostgreSQL itself was recovering there, from its log.
own_recovery() {
    { engine_api GET "/containers/$1/logs?stdout=1&stderr=1&since=$2" --max-time 20 --output - || true; } | tr -cd '[:print:]\n' | python3 -c '
import datetime, re, sys
begin, total = None, 0.0
for line in sys.stdin:
    stamp = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})", line)
    if not stamp: continue
    moment = datetime.datetime.fromisoformat(stamp.group(1)).timestamp()
    if "database system was interrupted" in line or "database system was not properly shut down" in line: begin = begin or moment
    elif begin and ("database system is shut down" in line or "consistent recovery state reached" in line or "ready to accept connections" in line):
        total += moment - begin
        begin = None
print(round(total, 2))'
}

# Medians of bare processes: the primary is killed with SIGKILL, the replica promoted.
promotion_floor() {
    local folder ports status=0 round samples=()
    for ((round = 1; round <= times; round++)); do
        folder=$(mktemp -d)
        read -ra ports <<<"$(free_ports 2)"
        if is_root; then
            chown postgres "$folder"
            samples+=("$(setpriv --reuid postgres --regid postgres --init-groups bash -s "$folder" "${ports[@]}" <"$library/promote-floor.sh")") || status=$?
        else
            samples+=("$(bash -s "$folder" "${ports[@]}" <"$library/promote-floor.sh")") || status=$?
        fi
        rm -rf "$folder"
        [ $status -eq 0 ] || return $status
    done
    printf '%s' "${samples[*]}"
}
