# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by bench: what failures and planned operations cost clients that write all the time. Needs bench-clusters.sh.

# shellcheck source=scripts/lib/data-files.sh disable=SC1091
source "$library/data-files.sh"
faults=$library/faults.sh
small_folder=

# bench_failover [ROW]...: all rows of both tables, or those whose names contain one of the words.
bench_failover() {
    wanted_rows=("$@")
    results=$PWD/.build/bench-failover.jsonl
    build_checker
    mkdir -p "${results%/*}"
    : >"$results"
    prepare_failover_configs
    unplanned_rows
    planned_rows
    use_cluster none
    python3 "$library/failover_table.py" "$results" "$(promotion_floor)"
}

# The tool that writes, reads back and judges (Tests/WriteChecker).
build_checker() {
    checker=${PGBC_CHECKER:-}
    [ -z "$checker" ] || return 0
    swift build --configuration release --product pgbc-checker
    checker=$(swift build --configuration release --show-bin-path)/pgbc-checker
}

prepare_failover_configs() {
    local kind
    printf 'return cluster "benchfo" { balancer "lb1" { replicas = 2 } }\n' >"$configs/plain.lua"
    printf 'return cluster "benchfo" { balancer "lb1" { replicas = 2, sync = 1 } }\n' >"$configs/sync.lua"
    printf 'return cluster "benchfo" { balancer "lb1" { replicas = 2, hold = true } }\n' >"$configs/held.lua"
    printf 'return cluster "benchfo" { balancer "lb1" { replicas = 2, settings = { max_wal_size = "128MB" } } }\n' >"$configs/small.lua"
    for kind in plain sync held small; do "$pgbc" validate --config "$configs/$kind.lua" >/dev/null 2>&1 || rm "$configs/$kind.lua"; done
    running=none
}

# row NAME CLUSTER LOAD RUNS COMMAND...; PRIMARY, REPLICA, REPLICA2 and BALANCER stand for containers.
unplanned_rows() {
    local kind
    row 'primary killed' plain load "$times" bash "$faults" kill PRIMARY 4
    row 'primary stopped' plain load "$times" bash "$faults" stop PRIMARY 4
    row 'primary killed, idle' plain idle "$times" bash "$faults" kill PRIMARY 6
    row 'primary hung' plain load "$times" bash "$faults" pause PRIMARY 10
    row 'primary isolated' plain load "$times" bash "$faults" isolate PRIMARY 10
    row 'primary crashed' plain load "$times" bash "$faults" crash PRIMARY
    row 'replica killed' plain load 1 bash "$faults" kill REPLICA 4
    row 'replica hung' plain load 1 bash "$faults" pause REPLICA 10
    row 'replica isolated' plain load 1 bash "$faults" isolate REPLICA 10
    row 'balancer killed' plain load 1 bash "$faults" kill BALANCER 4
    row 'balancer crashed' plain load 1 bash "$faults" crash BALANCER
    row 'balancer hung' plain load 1 bash "$faults" pause BALANCER 4
    row 'primary and a replica killed' plain load 1 bash "$faults" both PRIMARY REPLICA 4
    row 'both replicas killed' plain load 1 bash "$faults" both REPLICA REPLICA2 4
    row 'primary and balancer killed' plain load 1 bash "$faults" both PRIMARY BALANCER 4
    row 'primary: disk full' small load 1 bash "$faults" fill SMALL/filler 8
    for kind in kill crash pause isolate; do
        row "sync=1: primary, $kind" sync load "$times" bash "$faults" "$kind" PRIMARY 8
        row "sync=1: replica, $kind" sync load "$times" bash "$faults" "$kind" REPLICA 8
    done
}

planned_rows() {
    local round
    row 'switchover' held load "$times" "$pgbc" switchover --cluster benchfo
    row 'rolling restart' held load "$times" "$pgbc" rolling-restart --cluster benchfo
    for ((round = 1; round <= times; round++)); do
        row 'configure, reload' held load 1 "$pgbc" configure --cluster benchfo "work_mem=$((round + 4))MB"
        row 'configure, restart' held load 1 "$pgbc" configure --cluster benchfo "max_connections=$((round + 150))"
        row 'minor upgrade' held load 1 "$pgbc" upgrade --cluster benchfo --image "$(other_image "$round")"
        row 'scale up' held changing 1 "$pgbc" scale --cluster benchfo --replicas 3
        row 'scale down' held changing 1 "$pgbc" scale --cluster benchfo --replicas 2
    done
    row 'switchover without hold' plain load "$times" "$pgbc" switchover --cluster benchfo
    remove_other_image
}

# The same PostgreSQL under another name is what a minor upgrade is to the cluster.
other_image() {
    engine_api POST "/images/pgbc/postgres:15/tag?repo=pgbc/postgres&tag=15-bench" --max-time 20 >/dev/null
    if [ $(($1 % 2)) -eq 1 ]; then printf 'pgbc/postgres:15-bench'; else printf 'pgbc/postgres:15'; fi
}

remove_other_image() { engine_api DELETE /images/pgbc/postgres:15-bench --max-time 20 >/dev/null 2>&1 || true; }

is_wanted() {
    local word
    [ ${#wanted_rows[@]} -gt 0 ] || return 0
    for word in "${wanted_rows[@]}"; do [[ $1 != *"$word"* ]] || return 0; done
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
}

# use_cluster KIND: one cluster at a time; none for none.
use_cluster() {
    [ "$running" != "$1" ] || return 0
    [ "$running" = none ] || remove "$configs/$running.lua"
    [ -z "$small_folder" ] || remove_small_volume
    running=none
    [ "$1" != none ] || return 0
    expect_none "$configs/$1.lua"
    [ "$1" != small ] || make_small_volume || return 1
    bring_up "$configs/$1.lua"
    running=$1
}

# The primary's data on a file system of its own that is small: memory, mounted where the engine's volume points to.
make_small_volume() {
    if ! is_root || ! is_linux || [[ $(engine_address) != unix://* ]]; then
        say "a small file system needs root on the engine's own machine: skipped"
        return 1
    fi
    small_folder=$(mktemp -d)
    trap 'report_failed_step; remove_all; [ -z "$small_folder" ] || remove_small_volume' EXIT
    mount -t tmpfs -o size=700m,mode=0755 tmpfs "$small_folder"
    engine_api POST /volumes/create --max-time 20 --output /dev/null --header 'Content-Type: application/json' --data "{
        \"Name\": \"benchfo_lb1_primary_data\",
        \"DriverOpts\": {\"type\": \"none\", \"o\": \"bind\", \"device\": \"$small_folder\"},
        \"Labels\": {\"pgbc.cluster\": \"benchfo\", \"pgbc.kind\": \"data\", \"pgbc.balancer\": \"lb1\", \"pgbc.node\": \"lb1-primary\"}}"
}

remove_small_volume() {
    engine_api DELETE /volumes/benchfo_lb1_primary_data --max-time 20 >/dev/null 2>&1 || true
    umount "$small_folder" && rmdir "$small_folder"
    small_folder=
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
    if ! report=$("$checker" --balancer "$("$pgbc" dsn --balancer lb1 --config "$config")" "${options[@]}" -- "${words[@]}"); then
        say "$name: the check could not be carried out; the cluster is made anew"
        unjudged=$((${unjudged:-0} + 1))
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
        *) printf '%s' "$1" ;;
    esac
}

# own_recovery CONTAINER SINCE: the seconds for which PostgreSQL itself was recovering there, from its log.
own_recovery() {
    engine_api GET "/containers/$1/logs?stdout=1&stderr=1&since=$2" --max-time 20 --output - | tr -cd '[:print:]\n' | python3 -c '
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
print(round(total, 2))' || printf '0'
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
