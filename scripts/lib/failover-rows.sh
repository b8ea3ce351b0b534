# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
# Sourced by bench: the rows of `scripts/bench failover`. Needs bench-failover.sh.

# row NAME CLUSTER LOAD RUNS COMMAND...; PRIMARY, REPLICA, REPLICA2 and BALANCER stand for containers. Rows with a target
# run `times` times, the others once: they show what happens, not how long it takes.
unplanned_rows() {
    local kind
    fault_row 'primary killed' plain "$times" kill PRIMARY 4
    fault_row 'primary stopped' plain "$times" stop PRIMARY 4
    row 'primary killed, idle' plain idle "$times" bash "$faults" kill PRIMARY 6
    fault_row 'primary hung' plain "$times" pause PRIMARY 8
    fault_row 'primary isolated' plain "$times" isolate PRIMARY 8
    fault_row 'primary crashed' plain "$times" crash PRIMARY
    fault_row 'replica killed' plain 1 kill REPLICA 4
    fault_row 'replica stopped' plain 1 stop REPLICA 4
    fault_row 'replica hung' plain 1 pause REPLICA 8
    fault_row 'replica isolated' plain 1 isolate REPLICA 8
    fault_row 'replica crashed' plain 1 crash REPLICA
    fault_row 'balancer killed' plain 1 kill BALANCER 4
    fault_row 'balancer stopped' plain 1 stop BALANCER 4
    fault_row 'balancer hung' plain 1 pause BALANCER 4
    fault_row 'balancer isolated' plain 1 isolate BALANCER 4
    fault_row 'balancer crashed' plain 1 crash BALANCER
    double_fault_rows
    for kind in kill stop crash pause isolate; do
        fault_row "sync=1: primary, $kind" sync "$times" "$kind" PRIMARY 6
    done
    for kind in kill crash pause isolate; do
        fault_row "sync=1: replica, $kind" sync 1 "$kind" REPLICA 6
        fault_row "sync=1: balancer, $kind" sync 1 "$kind" BALANCER 4
    done
    full_disk_rows
}

double_fault_rows() {
    fault_row 'primary and a replica killed' plain 1 two kill PRIMARY kill REPLICA 4
    fault_row 'both replicas killed' plain 1 two kill REPLICA kill REPLICA2 4
    fault_row 'primary and balancer killed' plain 1 two kill PRIMARY kill BALANCER 4
    fault_row 'primary killed, balancer restarts' plain 1 two kill PRIMARY restart BALANCER 6
    fault_row 'primary hung, a replica isolated' plain 1 two pause PRIMARY isolate REPLICA 8
    fault_row 'primary isolated, a replica killed' plain 1 two isolate PRIMARY kill REPLICA 8
    fault_row 'primary hung, balancer killed' plain 1 two pause PRIMARY kill BALANCER 8
}

# The disk of one member of the cluster is a small one. A balancer keeps what it writes down on the control volume.
full_disk_rows() {
    fault_row 'primary: disk full' small_primary 1 fill SMALL/filler 8
    fault_row 'replica: disk full' small_replica 1 fill SMALL/filler 8
    fault_row 'balancer: disk full' small_control 1 fill SMALL/filler 4
    fault_row 'balancer: disk full, primary killed' small_control 1 two fill SMALL/filler kill PRIMARY 6
}

planned_rows() {
    local round
    pgbc_row 'switchover' held load "$times" switchover
    pgbc_row 'rolling restart' held load "$times" rolling-restart
    for ((round = 1; round <= times; round++)); do
        if [ "$round" -lt "$times" ]; then row_rests=no; else row_rests=yes; fi
        pgbc_row 'configure, reload' held load 1 configure "work_mem=$((round + 4))MB"
        pgbc_row 'configure, restart' held load 1 configure "max_connections=$((round + 150))"
        pgbc_row 'minor upgrade' held load 1 upgrade --image "$(other_image "$round")"
        pgbc_row 'scale up' held changing 1 scale --replicas 3
        pgbc_row 'scale down' held changing 1 scale --replicas 2
    done
    pgbc_row 'switchover without hold' plain load "$times" switchover
    remove_other_image
}

# Only on an engine that the benchmark has started for itself: see own-engine.sh.
engine_rows() { fault_row 'engine restarted' plain "$times" engine ENGINE; }

# fault_row NAME CLUSTER RUNS FAULT...
fault_row() { row "$1" "$2" load "$3" bash "$faults" "${@:4}"; }

# pgbc_row NAME CLUSTER LOAD RUNS VERB ARGUMENT...
pgbc_row() { row "$1" "$2" "$3" "$4" "$pgbc" "$5" --cluster "$bench_name" "${@:6}"; }

# The same PostgreSQL under another name is what a minor upgrade is to the cluster.
other_image() {
    engine_api POST "/images/pgbc/postgres:15/tag?repo=pgbc/postgres&tag=15-$bench_name" --max-time 20 >/dev/null
    if [ $(($1 % 2)) -eq 1 ]; then printf 'pgbc/postgres:15-%s' "$bench_name"; else printf 'pgbc/postgres:15'; fi
}

remove_other_image() { engine_api DELETE "/images/pgbc/postgres:15-$bench_name" --max-time 20 >/dev/null 2>&1 || true; }
