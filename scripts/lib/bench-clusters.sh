# shellcheck shell=bash
# Sourced by bench: the clusters that it brings up, under names, ports and addresses of their own, and their measurements.

pgbc=$PWD/.build/pgbc
# psql itself, not the wrapper that Debian puts before it.
PATH=/usr/lib/postgresql/15/bin:$PATH

# Sets configs: a folder of topologies, removed at the end with every cluster made from it.
prepare_configs() {
    configs=$(mktemp -d)
    trap 'report_failed_step; remove_all' EXIT
    chmod 755 "$configs"
    as_bench_cluster Examples/legacy/pgbalancer_cluster_simple.json >"$configs/simple.json"
    as_bench_cluster Examples/legacy/pgbalancer_cluster.json >"$configs/two.json"
    printf 'return cluster "bench1" { balancer "lb1" { replicas = 1 } }\n' >"$configs/bench1.lua"
    printf 'return cluster "bench8" { balancer "lb1" { replicas = 8 } }\n' >"$configs/bench8.lua"
}

# The same shape as the example, so that a cluster made from the example itself is left alone. The ports stay below 32768: above, the
# near end of any connection may have one for a while.
as_bench_cluster() {
    sed -E -e 's/("(container_name|cluster_name)": ")/\1bench_/' -e 's/("name": ")pgbalancer/\1bench_pgbalancer/' \
        -e 's/172\.3([01])\./10.23\1./' -e 's/("[a-z_]*port": )([12])[0-9]/\1\21/' "$1"
}

# A cluster that an interrupted run has left would make init a no-op.
expect_none() {
    local status=0
    "$pgbc" status --config "$1" >/dev/null 2>&1 || status=$?
    [ $status -eq 4 ] || fail "the cluster of ${1##*/} is there already, or the engine is not (status: exit $status)" \
        "if an interrupted benchmark left it: pgbc list, then pgbc destroy NAME"
}

bring_up() {
    touch "$1.up"
    timed "$pgbc" init --config "$1" >/dev/null
}

remove() {
    timed "$pgbc" destroy --yes --config "$1" >/dev/null
    rm -f "$1.up"
}

# Only what this run has brought up is destroyed; a mark beside the topology says that it was.
remove_all() {
    local mark
    for mark in "$configs"/*.up; do
        [ ! -e "$mark" ] || "$pgbc" destroy --yes --config "${mark%.up}" >/dev/null 2>&1 || true
    done
    rm -rf "$configs"
}

# run_init CONFIG BALANCER:PRIMARY=REPLICAS...: from the start of init until a write through each balancer was accepted and all its replicas
# stream it. Prints milliseconds; the cluster is destroyed again, but for its data: for some minutes ext4 passes over every inode that was
# deleted, one by one, for each file that is made. Who brings a cluster up has not just removed several, so all data goes at the end.
run_init() {
    local config="${1%.*}-${round:?in_turns sets it}.${1##*.}" started pair
    sed "s/bench/bench${round}r/g" "$1" >"$config"
    shift
    expect_none "$config"
    started=$EPOCHREALTIME
    bring_up "$config"
    for pair in "$@"; do
        wait_for_replicated_write "$config" "${pair%:*}" "${pair#*:}"
    done
    awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.0f\n", (b - a) * 1000 }'
    timed "$pgbc" destroy --yes --keep-data --config "$config" >/dev/null
}

# The write goes through the balancer; the node that took it is asked who streams it, since each session through the balancer is one on
# every node.
wait_for_replicated_write() {
    local dsn lsn primary=${3%=*} replicas=${3#*=}
    dsn=$("$pgbc" dsn --balancer "$2" --config "$1")
    lsn=$(psql "$dsn" -XAtq -c 'CREATE TABLE bench AS SELECT 1' -c '/*NO LOAD BALANCE*/ SELECT pg_current_wal_lsn()')
    primary=$("$pgbc" dsn --node "$primary" --config "$1")
    wait_until 30 replicas_have "$primary" "$lsn" "$replicas" || fail "$replicas replicas of $2 did not stream a write within 30 s"
}

replicas_have() {
    [ "$(psql "$1" -XAtq -c "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= '$2'")" = "$3" ]
}

# The bare-process floor runs as an ordinary user, since PostgreSQL does not run as root; milliseconds and the steps.
run_floor() {
    local folder ports status=0
    folder=$(mktemp -d -p "$configs")
    read -ra ports <<<"$(free_ports 4)"
    if is_root; then
        chown postgres "$folder"
        setpriv --reuid postgres --regid postgres --init-groups bash -s "$folder" "${ports[@]}" <scripts/lib/floor.sh || status=$?
    else
        bash -s "$folder" "${ports[@]}" <scripts/lib/floor.sh || status=$?
    fi
    return $status
}

free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))
PYTHON
}

peak_megabytes() {
    python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(round(peak / (1024 if sys.platform == "linux" else 1024 * 1024), 1))
PYTHON
}

# spread_of_reads CONFIG BALANCER: sessions of one read each (a session's reads all go to one node), 3,000 of them or as many as there
# are in 30 s; then each node's share by the balancer's own counters, against its weight, and how far chance alone may move it.
spread_of_reads() {
    local dsn slice
    dsn=$("$pgbc" dsn --balancer "$2" --config "$1")
    select_counts "$dsn" >"$configs/before"
    printf 'SELECT 1\n' >"$configs/read.sql"
    for slice in 1 2 3; do
        # A thread of pgbench opens one connection at a time, so each client has a thread of its own.
        timeout 30 pgbench --no-vacuum --connect --client 8 --jobs 8 --time 10 --file "$configs/read.sql" "$dsn" \
            >"$configs/pgbench.log" 2>&1 || fail "pgbench failed in slice $slice" "$(tail -n 5 "$configs/pgbench.log")"
        select_counts "$dsn" >"$configs/after"
        join "$configs/before" "$configs/after" | awk '{ n += $4 - $2 } END { exit n < 3000 }' && break
    done
    join "$configs/before" "$configs/after" | awk '
        { node[NR] = $1; weight[NR] = $3; reads[NR] = $4 - $2; total += reads[NR] }
        END {
            for (i = 1; i <= NR; i++) {
                share = reads[i] / total; off = (share - weight[i]) / weight[i] * 100
                chance = 300 * sqrt((1 - weight[i]) / (weight[i] * total))
                printf "    node %s: %5d of %d reads, share %.3f, weight %.3f, off by %+.1f%% (chance: up to %.1f%%)   at most 10%%: %s\n",
                    node[i], reads[i], total, share, weight[i], off, chance,
                    (off <= 10 && off >= -10 ? "kept" : chance > 10 ? "too few sessions to tell" : "EXCEEDED")
            }
        }'
}

# "node reads weight" per node, ordered by node.
select_counts() { psql "$1" -XAtq -F ' ' -c 'SHOW POOL_NODES' | awk '{ print $1, $9, $6 }' | sort -k1,1; }
