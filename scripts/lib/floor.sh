# shellcheck shell=bash
# Run as `bash -s FOLDER PORT0 PORT1 PORT2 PORT3 < floor.sh` by an ordinary user: a primary, a replica and pgpool as bare processes, and the time until
# a write through pgpool was accepted and the replica, streaming, has it. Prints milliseconds, in all and per step. Leaves nothing running.
set -euo pipefail

folder=$1 primary_port=$2 replica_port=$3 pool_port=$4 pcp_port=$5
PATH=/usr/lib/postgresql/15/bin:/usr/sbin:$PATH
export PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=2 LC_ALL=C
unset PGHOST PGPORT PGPASSWORD PGSERVICE
pool_pid=

end_processes() {
    [ -z "$pool_pid" ] || kill -INT "$pool_pid" 2>/dev/null || true
    for node in replica primary; do
        [ ! -e "$folder/$node/postmaster.pid" ] || pg_ctl -D "$folder/$node" -m immediate -w stop >/dev/null 2>&1 || true
    done
    [ -z "$pool_pid" ] || wait "$pool_pid" 2>/dev/null || true
}
trap end_processes EXIT

now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

mark() {
    local now
    now=$(now_us)
    steps+=" $1=$(((now - last) / 1000))"
    last=$now
}

# poll WHAT COMMAND...: every 10 ms, for 30 s at most.
poll() {
    local what=$1 deadline=$(($(now_us) + 30000000))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$(now_us)" -gt "$deadline" ]; then
            printf 'the bare-process floor waited 30 s for %s\n' "$what" >&2
            tail -n 5 "$folder"/*.log >&2
            exit 1
        fi
        sleep 0.01
    done
}

query() { psql --no-psqlrc -XAtq -h 127.0.0.1 -p "$1" -c "$2"; }

start_node() {
    printf "%s\n" "port = $2" "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" >>"$folder/$1/postgresql.conf"
    pg_ctl -D "$folder/$1" -l "$folder/$1.log" -w -t 30 start >/dev/null
}

write_pool_settings() {
    printf "%s\n" "listen_addresses = '127.0.0.1'" "port = $pool_port" "pcp_listen_addresses = '127.0.0.1'" "pcp_port = $pcp_port" \
        "backend_clustering_mode = 'streaming_replication'" "num_init_children = 16" "max_pool = 2" "load_balance_mode = on" \
        "unix_socket_directories = '$folder'" "pcp_socket_dir = '$folder'" "pid_file_name = '$folder/pgpool.pid'" "logdir = '$folder'" \
        "work_dir = '$folder'" "sr_check_user = 'postgres'" "health_check_period = 0" "pool_passwd = ''" \
        "backend_hostname0 = '127.0.0.1'" "backend_port0 = $primary_port" "backend_weight0 = 1" \
        "backend_hostname1 = '127.0.0.1'" "backend_port1 = $replica_port" "backend_weight1 = 1" >"$folder/pgpool.conf"
    : >"$folder/pcp.conf"
}

replica_streams_the_row() {
    [ "$(query "$replica_port" "SELECT count(*) FROM floor, pg_stat_wal_receiver WHERE status = 'streaming'")" = 1 ]
}

steps='' started=$(now_us)
last=$started
initdb -D "$folder/primary" -U postgres --auth trust --data-checksums >"$folder/initdb.log"
mark initdb
start_node primary "$primary_port"
mark start
pg_basebackup -h 127.0.0.1 -p "$primary_port" -D "$folder/replica" --checkpoint fast --wal-method stream \
    --write-recovery-conf --create-slot --slot replica
mark basebackup
start_node replica "$replica_port"
mark replica
write_pool_settings
pgpool -n -f "$folder/pgpool.conf" -F "$folder/pcp.conf" >"$folder/pgpool.log" 2>&1 &
pool_pid=$!
poll 'a write through pgpool' query "$pool_port" 'CREATE TABLE floor AS SELECT 1 AS id'
mark pgpool
poll 'the row on the replica' replica_streams_the_row
mark streamed
printf '%d%s\n' $((($(now_us) - started) / 1000)) "$steps"
