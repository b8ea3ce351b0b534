# shellcheck shell=bash
# Run as `bash -s FOLDER PORT0 PORT1 < promote-floor.sh` by an ordinary user: a primary and a replica as bare processes; the primary is killed
# and the replica promoted. Prints the milliseconds from the kill to the first accepted write. Leaves nothing running.
set -euo pipefail

folder=$1 primary_port=$2 replica_port=$3
PATH=/usr/lib/postgresql/15/bin:$PATH
export PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=2 LC_ALL=C
unset PGHOST PGPORT PGPASSWORD PGSERVICE

end_processes() {
    for node in replica primary; do
        [ ! -e "$folder/$node/postmaster.pid" ] || pg_ctl -D "$folder/$node" -m immediate -w stop >/dev/null 2>&1 || true
    done
}
trap end_processes EXIT

query() { psql --no-psqlrc -XAtq -h 127.0.0.1 -p "$1" -c "$2"; }

start_node() {
    printf "%s\n" "port = $2" "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" \
        "wal_retrieve_retry_interval = 200ms" >>"$folder/$1/postgresql.conf"
    pg_ctl -D "$folder/$1" -l "$folder/$1.log" -w -t 30 start >/dev/null
}

initdb -D "$folder/primary" -U postgres --auth trust --data-checksums >"$folder/initdb.log"
start_node primary "$primary_port"
pg_basebackup -h 127.0.0.1 -p "$primary_port" -D "$folder/replica" --checkpoint fast --wal-method stream \
    --write-recovery-conf --create-slot --slot replica
start_node replica "$replica_port"
query "$primary_port" 'CREATE TABLE floor (id int)'
deadline=$((SECONDS + 30))
until [ "$(query "$replica_port" "SELECT to_regclass('floor') IS NOT NULL")" = t ]; do
    [ $SECONDS -lt $deadline ] || exit 1
    sleep 0.01
done
started=${EPOCHREALTIME/[.,]/}
kill -KILL "$(head -n 1 "$folder/primary/postmaster.pid")"
query "$replica_port" 'SELECT pg_promote(true, 30)' >/dev/null
until query "$replica_port" 'INSERT INTO floor VALUES (1)' 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || exit 1
    sleep 0.005
done
printf '%d\n' $(((${EPOCHREALTIME/[.,]/} - started) / 1000))
