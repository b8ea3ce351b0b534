#!/bin/sh
# Runs one PostgreSQL node of a cluster: decides what it is, prepares its data, starts and supervises PostgreSQL.
# `node.sh seed` makes a fresh cluster's data instead. Needs the other node-*.sh files and node.conf beside it.
# POSIX sh with `local` (dash, bash, busybox ash).
# shellcheck disable=SC3043,SC1091,SC2034,SC2154
set -u
umask 022

control=/pgbc/control
run=/dev/shm/pgbc
sockets=/var/run/postgresql
tick=0.5
stopping='' reload='' server='' role='' deposed='' found='' nodes='' term=0 primary='' address='' port='' known=''

. /pgbc/node-lib.sh
. /pgbc/node-replica.sh
. /pgbc/node-seed.sh

load() {
    [ -f /pgbc/node.conf ] || die 1 "/pgbc/node.conf is missing; the container was not made by pgbc"
    . /pgbc/node.conf
    balancer=${PGBC_BALANCER:?PGBC_BALANCER is not set in /pgbc/node.conf}
    directory=$control/$balancer
    record=$directory/primary
    find_programs
    [ -d /dev/shm ] && [ -w /dev/shm ] || run=/run/pgbc
    mkdir -p "$run" "$sockets" && chown postgres "$sockets"
    sleep 0.01 2>/dev/null || tick=1
}

# --- what this node is ----------------------------------------------------------------------------------------------

# seed_ended: the seed holds its lock until the record is written, so waiting for the lock costs nothing.
seed_ended() {
    read_record && return
    timeout 120 flock -s 8 &
    wait $!
    flock -u 8
    read_record
}

await_seed() {
    local entry
    read_record || say "waiting for the seed of $balancer"
    exec 8>>"$directory/seed.lock"
    wait_for 120 "the record $record (the seed writes it)" seed_ended
    exec 8>&-
    for entry in /var/lib/postgresql/*/seeded; do
        [ ! -f "$entry" ] || [ "$entry" = "$home/seeded" ] || [ -f "$home/seeded" ] ||
            die 1 "the data is of another major version (${entry%/seeded}); this image has PostgreSQL $major"
    done
}

# follow_truth: another server accepts writes although the record names this node; the record is put right.
follow_truth() {
    local mine
    ask_peers || return 1
    mine=$(controldata "Latest checkpoint's TimeLineID")
    if [ "$found_timeline" -lt "${mine:-0}" ] ||
        { [ "$found_timeline" -eq "${mine:-0}" ] && [ ! -f "$data/standby.signal" ]; }; then
        say "node $found accepts writes on timeline $found_timeline, this node is on $mine: keeping the record"
        return 1
    fi
    say "the record names this node, but node $found accepts writes on timeline $found_timeline: following it"
    write_record "$found"
}

# await_primary: the recorded primary accepts writes; false when the record or the wish to stop came first.
await_primary() {
    local was="$term $primary" count=0
    find_node "$primary" || read_nodes
    until find_node "$primary" && writable "$address" "$port" >/dev/null; do
        [ $((count % 60)) -ne 0 ] || say "waiting for node $primary to accept writes: $1"
        count=$((count + 1))
        pause "$tick"
        if [ -n "$stopping" ]; then return 1; fi
        read_nodes
        read_record && [ "$term $primary" != "$was" ] && return 1
    done
}

# as_standby_data: this data has been a standby's; can it still follow the recorded primary?
check_standby_data() {
    find_node "$primary" && writable "$address" "$port" >/dev/null || return 0
    case $(verdict_stopped "$address" "$port") in
    diverged) rejoin "this standby's WAL left the history of node $primary" ;;
    foreign) die 1 "this data belongs to another cluster (its system identifier differs from node $primary's): not touched" ;;
    *) return 0 ;;
    esac
}

# decide: sets role to primary or standby with the data ready for it; false to look again.
decide() {
    read_record || return 1
    read_nodes
    if [ ! -f "$home/seeded" ] || [ -f "$home/rewinding" ]; then
        if [ "$primary" = "$id" ]; then
            follow_truth && return 1
            [ $((failures % 30)) -ne 0 ] ||
                say "the record names this node as the primary, but its data is missing or incomplete; promote another node"
            failures=$((failures + 1))
            pause 1
            return 1
        fi
        failures=0
        await_primary "this node has to be cloned" || return 1
        clone "this node has no complete data" || {
            failures=$((failures + 1))
            [ $failures -lt 5 ] || die 1 "clone: $failures attempts failed; the engine restarts this container"
            pause $failures
            return 1
        }
        role=standby
    elif [ ! -f "$home/started" ]; then
        role=primary
        [ ! -f "$data/standby.signal" ] || role=standby
        if [ "$role" = primary ] && [ "$primary" != "$id" ]; then
            : >"$home/started"
            return 1
        fi
    elif [ "$primary" = "$id" ]; then
        follow_truth && return 1
        role=primary
        [ ! -f "$data/standby.signal" ] || role=standby
    elif [ -f "$data/standby.signal" ]; then
        check_standby_data || { pause 5; return 1; }
        role=standby
    else
        await_primary "this node was a primary and has to be rewound" || return 1
        rejoin "this node was a primary and the record names node $primary" || { pause 5; return 1; }
        role=standby
    fi
}

# --- PostgreSQL -----------------------------------------------------------------------------------------------------

# This shell holds the volume's lock, so a postmaster.pid can only be a leftover, unless someone started one by hand.
clear_leftovers() {
    local old='' what=''
    if read -r old 2>/dev/null <"$data/postmaster.pid"; then
        read -r what 2>/dev/null <"/proc/$old/comm"
        case $what in postgres | postmaster) die 1 "a PostgreSQL server (process $old) already runs on $data" ;; esac
    fi
    rm -f "$data/postmaster.pid" "$sockets"/.s.PGSQL.5432*
}

start_server() {
    write_settings
    write_access
    include_settings "$data"
    say_disk "$home"
    : >"$home/started"
    my_term=$term
    say "starting PostgreSQL $major as $role in term $term (primary: node $primary)"
    as_postgres "$bin/postgres" -D "$data" &
    server=$!
    named=0 lost=0 beat=0 patience=3 check_at=4 replayed='' slots_due=1
}

# stop_server SIGNAL SECONDS: then an immediate stop, then the end.
stop_server() {
    local timer
    kill -"$1" "$server" 2>/dev/null
    (
        sleep "$2"
        say "PostgreSQL has not stopped within $2 s: stopping it at once"
        kill -QUIT "$server"
        sleep 10
        kill -KILL "$server"
    ) &
    timer=$!
    while kill -0 "$server" 2>/dev/null; do wait "$server"; done
    kill "$timer" 2>/dev/null
    server=
}

server_exited() {
    local status
    wait "$server"
    status=$?
    say_disk "$home"
    say "PostgreSQL exited by itself with status $status (its reason is above; settings come from /pgbc/postgresql.conf)"
    exit $status
}

# --- supervision ----------------------------------------------------------------------------------------------------

# streaming: looks for the WAL receiver's title among the processes, which costs no process of its own.
streaming() {
    local entry title
    for entry in /proc/[0-9]*/cmdline; do
        title=
        read -r title 2>/dev/null <"$entry"
        case $title in *'walreceiver streaming'*) return 0 ;; esac
    done
    [ "$(sql_here "select status from pg_stat_wal_receiver")" = streaming ]
}

# refresh_settings: reloads too, except where that would only interrupt a stream that already comes from the primary.
refresh_settings() {
    write_settings
    if [ "$role" = standby ] && find_node "$primary" &&
        [ "$(sql_here "select sender_host from pg_stat_wal_receiver where status = 'streaming'")" = "$address" ]; then
        return
    fi
    kill -HUP "$server"
}

become_primary() {
    role=primary my_term=$term deposed='' named=0
    say "this node is now the primary in term $term"
    sync_slots && slots_due=''
}

# The record names this standby: whoever wrote it promotes it; after 2 s this node does it itself.
heed_call() {
    local recovering
    recovering=$(sql_here 'select pg_is_in_recovery()') || return
    if [ "$recovering" = f ]; then
        become_primary
        return
    fi
    named=$((named + 1))
    [ $named -ge 5 ] || return
    say "the record has named this node for over 2 s and nobody has promoted it: promoting"
    sql_here 'select pg_promote(true, 30)' >/dev/null || say "the promotion has not finished within 10 s"
}

# A standby that is none, although the record names another node: promoted by hand.
heed_promotion() {
    [ "$(sql_here 'select pg_is_in_recovery()')" = f ] || return 1
    if find_node "$primary" && writable "$address" "$port" >/dev/null; then
        say "this node was promoted although node $primary is the recorded primary and accepts writes: stepping back"
        stop_server QUIT 10
        return 0
    fi
    say "this node was promoted without a record and node $primary does not accept writes: recording it"
    write_record "$id"
    return 1
}

# check_stream: false when the data needs a repair, with PostgreSQL stopped. It is called every 5 s while all is well,
# every second otherwise, and bears a stream that is down for 10 s, or less when the primary has just changed or this
# node has just started. Missing WAL counts only while replay stands still and there is no archive to restore from.
check_stream() {
    local judged position
    if streaming; then
        [ $lost -eq 0 ] || rm -f "$home/repairs"
        lost=0 patience=10 check_at=$((beat + 10))
        return 0
    fi
    if heed_promotion; then return 1; fi
    lost=$((lost + 1)) check_at=$((beat + 2))
    [ $lost -ge $patience ] && find_node "$primary" && writable "$address" "$port" >/dev/null || return 0
    judged=$(verdict_running "$address" "$port")
    if [ "$judged" = missing ]; then
        position=$(sql_here "select pg_last_wal_replay_lsn() where current_setting('restore_command') = ''")
        [ "${position:-none}" = "$replayed" ] || judged='still replaying'
        replayed=$position
    fi
    case $judged in
    diverged | missing)
        say "not streaming for $lost s from node $primary, which accepts writes: $judged"
        stop_server INT 60
        [ "$judged" = diverged ] || rejoin "the WAL that this standby needs is gone from node $primary" missing
        return 1
        ;;
    'still replaying') return 0 ;;
    esac
    check_at=$((beat + 10)) lost=$((lost + 4))
    [ $((lost / 5 % 12)) -ne 2 ] || say "not streaming for $lost s from node $primary (${judged:-no answer from it})"
    if find_node "$id"; then find_node "$primary" && own_slot "$address" "$port" keep; fi
    return 0
}

# supervise: returns when this node has to decide anew; ends the program when PostgreSQL ends or a signal asks for it.
supervise() {
    local seen="$term $primary" listed="$nodes" was
    while :; do
        if [ -n "$stopping" ]; then
            say "stopping PostgreSQL"
            stop_server INT 60
            exit 0
        fi
        kill -0 "$server" 2>/dev/null || server_exited
        read_record
        if [ "$role" = primary ] && [ "$primary" != "$id" ] && [ "$term" -gt "$my_term" ]; then
            stop_server QUIT 10
            say "fenced: the record names node $primary in term $term (this node's was $my_term)"
            return
        fi
        if [ "$term $primary" != "$seen" ]; then
            say "the record changed from '$seen' to '$term $primary'"
            was=${seen#* } seen="$term $primary"
            deposed=
            [ "$was" = "$primary" ] || deposed=$was
            [ "$role" = primary ] || refresh_settings
            lost=0 patience=2 check_at=$((beat + 2))
        fi
        if [ -n "$reload" ]; then
            say "asked to reload: reading the settings and passwords again"
            reload=
            write_passwords
            write_settings
            kill -HUP "$server"
        fi
        read_nodes
        if [ "$nodes" != "$listed" ]; then
            say "the nodes changed from$listed to$nodes"
            listed=$nodes slots_due=1
            refresh_settings
        fi
        if [ "$role" = standby ] && [ "$primary" = "$id" ]; then heed_call; fi
        if [ -n "$slots_due" ] && [ $((beat % 2)) -eq 0 ]; then sync_slots && slots_due=''; fi
        beat=$((beat + 1))
        [ $((beat % 10)) -ne 0 ] || same_passwords || write_passwords
        if [ "$role" = standby ] && [ "$primary" != "$id" ] && [ $beat -ge "$check_at" ]; then
            check_stream || return
        fi
        pause "$tick"
    done
}

main() {
    id=${PGBC_NODE_ID:?PGBC_NODE_ID is not set in /pgbc/node.conf}
    name=${PGBC_CLUSTER:-pgbc}/$balancer/$id
    home=/var/lib/postgresql/$major
    data=$home/data
    failures=0 my_term=0
    mkdir -p "$home" && chmod 755 /var/lib/postgresql && chown postgres /var/lib/postgresql "$home"
    exec 9>/var/lib/postgresql/pgbc.lock
    flock -n 9 || die 1 "another container runs on this node's volume (its lock is held)"
    wait_for 120 "a complete list $directory/nodes (its last line is 'end')" read_nodes
    wait_for 60 "complete passwords in $control/secrets" write_passwords
    await_seed
    if [ -d "$data" ] && [ "$(stat -c %u "$data")" != "$owner" ]; then
        say "the data belongs to user $(stat -c %u "$data"), postgres is $owner in this image: changing it"
        chown -R postgres "$home"
    fi
    while [ -z "$stopping" ]; do
        clear_leftovers
        decide || continue
        start_server
        supervise
    done
    exit 0
}

trap 'stopping=1' TERM INT
trap 'reload=1' HUP
load
case ${1:-} in
seed) seed ;;
'') main ;;
*) die 2 "usage: node.sh [seed]" ;;
esac
