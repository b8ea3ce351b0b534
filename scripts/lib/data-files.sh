# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by bench: are the data files of a cluster sound, and are its replicas equal to the primary? Needs bench-clusters.sh.

# enter_node CONFIG NODE: sets the environment of libpq for one node's own port.
enter_node() {
    local dsn word
    dsn=$("$pgbc" dsn --node "$2" --config "$1")
    for word in $dsn; do
        case $word in
            host=*) export PGHOST=${word#*=} ;;
            port=*) export PGPORT=${word#*=} ;;
            user=*) export PGUSER=${word#*=} ;;
            password=*) export PGPASSWORD=${word#*=} ;;
            dbname=*) export PGDATABASE=${word#*=} ;;
        esac
    done
}

# data_fault CONFIG: what is wrong, as one line; nothing when all is well.
#   every table and index by pg_amcheck on every node; failed checksums; the timelines of pg_control; the dumps of all nodes, byte by byte
data_fault() {
    local config=$1 node role expected='' found
    while read -r node role; do
        found=$(
            enter_node "$config" "$node"
            check_node "$role"
        ) || {
            printf '%s: %s' "$node" "$found"
            return
        }
        [ -z "$expected" ] || [ "$found" = "$expected" ] || {
            printf '%s differs from the primary: %s, not %s' "$node" "$found" "$expected"
            return
        }
        expected=$found
    done < <(primary_first "$config")
}

# check_node ROLE: prints timeline and digest of the dump; what is wrong instead, with status 1.
check_node() {
    local failures options=(--heapallindexed)
    export PGOPTIONS='-c client_min_messages=error'
    failures=$(psql -XAtq -c 'SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database')
    [ "$failures" = 0 ] || {
        printf '%s pages with a wrong checksum' "$failures"
        return 1
    }
    # What pg_control says of the timeline is that of the last checkpoint.
    if [ "$1" = primary ]; then
        psql -XAtq -c 'CHECKPOINT'
        options+=(--install-missing --parent-check)
    else
        wait_until 20 has_replayed || {
            printf 'it has not replayed what the primary had 20 s before: %s' "$(psql -XAtq -c "$why_behind" | tr '\n' ' ')"
            return 1
        }
        psql -XAtq -c 'CHECKPOINT'
    fi
    failures=$(pg_amcheck "${options[@]}" "$PGDATABASE" 2>&1) || {
        printf 'pg_amcheck: %s' "$(tail -n 2 <<<"$failures" | tr '\n' ' ')"
        return 1
    }
    printf 'timeline %s, dump ' "$(psql -XAtq -c 'SELECT timeline_id FROM pg_control_checkpoint()')"
    # A sequence is logged some numbers ahead, so that it stands elsewhere on a replica.
    pg_dump | grep -vE '^--|pg_catalog\.setval|^.(un)?restrict ' | sha256sum | cut -c 1-12
    # Reading sets hints, which are logged with no commit after them; half a record on its way is none that a replica can replay.
    [ "$1" != primary ] || psql -XAtq -c 'CHECKPOINT'
}

why_behind="SELECT 'received ' || pg_last_wal_receive_lsn() || ', replayed ' || pg_last_wal_replay_lsn() || ', told of '
    || coalesce((SELECT latest_end_lsn || ', ' || status FROM pg_stat_wal_receiver), 'nothing: no stream');
SELECT 'open since ' || xact_start || ': ' || application_name || ' ' || state || ' ' || left(query, 60) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL;
SELECT backend_type || ' waits for ' || wait_event FROM pg_stat_activity WHERE backend_type = 'startup'"

# True when this replica has replayed all that its primary had told it of.
has_replayed() {
    [ "$(psql -XAtq -c "SELECT pg_last_wal_replay_lsn() >= latest_end_lsn FROM pg_stat_wal_receiver WHERE status = 'streaming'")" = t ]
}

# "NODE ROLE" per line; replicas only once they have what the primary has now.
primary_first() { "$pgbc" status --json --config "$1" | python3 -c '
import json, sys
nodes = json.loads(sys.stdin.read().strip().splitlines()[-1])["balancers"][0]["nodes"]
for node in sorted(nodes, key=lambda node: node["role"] != "primary"):
    print(node["node"], node["role"])'; }

# data_at_rest CONFIG: stops the whole cluster cleanly, looks at the data files of every node with pg_checksums and pg_controldata in a container
# of its own, and starts the cluster again. Prints lines "NODE FIELD VALUE" for failover_table.py --rest.
data_at_rest() {
    local config=$1 shape
    shape=$("$pgbc" status --json --config "$config")
    stop_members <<<"$shape"
    look_into_volumes <<<"$shape"
    start_members <<<"$shape"
    wait_until 60 is_as_it_should_be "$config" || {
        printf 'the cluster was not as it should be within 60 s after a clean restart\n'
        return 1
    }
}

# members BALANCER|NODE: of a status on standard input, their containers; the primary before the replicas.
members() { python3 -c '
import json, sys
balancer = json.loads(sys.stdin.read().strip().splitlines()[-1])["balancers"][0]
nodes = sorted(balancer["nodes"], key=lambda node: node["role"] != "primary")
print(balancer["container"] if sys.argv[1] == "BALANCER" else "\n".join(node["container"] for node in nodes))' "$1"; }

# The balancer first, so that nobody is promoted; the primary next, so that the replicas get all of its log.
stop_members() {
    local shape container
    shape=$(cat)
    for container in $(members BALANCER <<<"$shape") $(members NODE <<<"$shape"); do
        engine_api POST "/containers/$container/stop?t=60" --max-time 90 --output /dev/null
    done
}

start_members() {
    local shape container
    shape=$(cat)
    for container in $(members NODE <<<"$shape") $(members BALANCER <<<"$shape"); do
        engine_api POST "/containers/$container/start" --max-time 30 --output /dev/null
    done
}

is_as_it_should_be() { "$pgbc" status --json --config "$1" | python3 -c '
import json, sys
document = json.loads(sys.stdin.read().strip().splitlines()[-1])
sys.exit(bool(document["findings"]))'; }

# look_into_volumes: runs look-at-data.sh over the data volumes of the nodes, mounted read-only in one container.
look_into_volumes() {
    local container id mounts=''
    for container in $(members NODE); do
        mounts+=",{\"Type\": \"volume\", \"Source\": \"${container}_data\", \"Target\": \"/nodes/$container\", \"ReadOnly\": true}"
    done
    id=$(engine_api POST /containers/create --max-time 20 --header 'Content-Type: application/json' --data "{
        \"Image\": \"pgbc/postgres:15\", \"Entrypoint\": [\"/bin/sh\", \"-c\"], \"User\": \"root\",
        \"Cmd\": [$(python3 -c 'import json, sys; print(json.dumps(open(sys.argv[1]).read()))' "$library/look-at-data.sh")],
        \"Labels\": {\"pgbc.bench\": \"$bench_name\"}, \"HostConfig\": {\"NetworkMode\": \"none\", \"Mounts\": [${mounts#,}]}}" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["Id"])')
    engine_api POST "/containers/$id/start" --max-time 30 --output /dev/null
    engine_api POST "/containers/$id/wait" --max-time 120 --output /dev/null
    engine_api GET "/containers/$id/logs?stdout=1&stderr=1" --max-time 30 --output - | tr -cd '[:print:]\n' | sed 's/^.*node=/node=/'
    engine_api DELETE "/containers/$id?force=1" --max-time 30 --output /dev/null
}
