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
blink=0.02
stopping='' reload='' server='' role='' deposed='' found='' nodes='' term=0 primary='' address='' port='' known=''
bell='' whole='' chosen='' started_with='' proven='' reloaded='' sync=0 when_short=wait level='' short=0 complain_at=0 text='' now=0
had_options='' had_settings='' unwritten=''

. /pgbc/node-lib.sh
. /pgbc/node-settings.sh
. /pgbc/node-sync.sh
. /pgbc/node-handover.sh
. /pgbc/node-replica.sh
. /pgbc/node-seed.sh
. /pgbc/node-upgrade.sh

load() {
    [ -f /pgbc/node.conf ] || die 1 "/pgbc/node.conf is missing; the container was not made by pgbc"
    . /pgbc/node.conf
    balancer=${PGBC_BALANCER:?PGBC_BALANCER is not set in /pgbc/node.conf}
    directory=$control/$balancer
    record=$directory/primary
    find_programs
    [ -d /dev/shm ] && [ -w /dev/shm ] || run=/run/pgbc
    { [ -d "$run" ] && [ -d "$sockets" ]; } || mkdir -p "$run" "$sockets"
    chown postgres "$sockets"
    sleep 0.01 2>/dev/null || tick=1 blink=1
}

# --- what this node is ----------------------------------------------------------------------------------------------

# seed_ended: the seed holds its lock until the record is written, so waiting for the lock costs nothing.
seed_ended() {
    read_record && return
    timeout 120 flock -s 8 &
    wait $!
    read_record || {
        flock -u 8
        false
    }
}

# read_version: sets version to what a major upgrade, or its undoing, has made of the data; false if there was none.
read_version() {
    version=
    read -r version 2>/dev/null <"$directory/version"
    [ -n "$version" ]
}

await_seed() {
    local entry
    read_record || say "waiting for the seed of $balancer"
    exec 8>>"$directory/seed.lock"
    wait_for 120 "the record $record (the seed writes it)" seed_ended
    exec 8>&-
    if read_version; then
        [ "$version" = "$major" ] || die 1 "the data of $balancer is of PostgreSQL $version; this image has PostgreSQL $major"
        return
    fi
    for entry in /var/lib/postgresql/*/seeded; do
        [ ! -f "$entry" ] || [ "$entry" = "$home/seeded" ] || [ -f "$home/seeded" ] ||
            die 1 "the data is of another major version (${entry%/seeded}); this image has PostgreSQL $major"
    done
}

# await_primary: the recorded primary accepts writes; false when the record or the wish to stop came first.
await_primary() {
    local was="$term $primary" count=0
    find_node "$primary" || read_nodes
    until find_node "$primary" && writable "$address" "$port" >/dev/null; do
        [ $((count % 60)) -ne 0 ] || say "waiting for node $primary to accept writes: $1"
        count=$((count + 1))
        rest "$tick"
        if [ -n "$stopping" ]; then return 1; fi
        read_nodes
        read_record && [ "$term $primary" != "$was" ] && return 1
    done
}

# as_standby_data: this data has been a standby's; can it still follow the recorded primary?
check_standby_data() {
    find_node "$primary" && writable "$address" "$port" >/dev/null || return 0
    case $(verdict_stopped "$address" "$port") in
    diverged | twofold) rejoin "this standby's WAL left the history of node $primary" ;;
    foreign) die 1 "this data belongs to another cluster (its system identifier differs from node $primary's): not touched" ;;
    *) return 0 ;;
    esac
}

clone_cause() {
    if [ -f "$home/reclone" ]; then echo 'a clone was asked for'; else echo 'this node has no complete data'; fi
}

# check_flush: a copy that was not flushed to disk is whole as long as the machine has not been started anew since.
check_flush() {
    local made='' runs=''
    read -r made 2>/dev/null <"$home/unflushed"
    read -r runs </proc/sys/kernel/random/boot_id
    [ "$made" != "$runs" ] || return
    say "the machine was started anew before this node's first data was on disk: it has to be cloned"
    rm -f "$home/seeded" "$home/unflushed"
}

# flush_later: does it beside the running server, once that has started and when it matters.
flush_later() {
    [ -f "$home/unflushed" ] || return
    (
        as_postgres "$bin/initdb" --sync-only -D "$data" >/dev/null 2>&1
    ) && rm -f "$home/unflushed"
}

# decide: sets role to primary or standby with the data ready for it; false to look again.
decide() {
    read_record || {
        pause "$tick"
        return 1
    }
    read_nodes
    if [ "$primary" = "$id" ] && read_handover && [ "$from" = "$id" ]; then
        say "handover: this node was ended before it could hand over; calling it off"
        call_off || return 1
    fi
    if reclone_asked || [ ! -f "$home/seeded" ] || [ -f "$home/rewinding" ]; then
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
        clone "$(clone_cause)" || {
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
        [ "$primary" = "$id" ] || await_address
    elif [ "$primary" = "$id" ]; then
        follow_truth && return 1
        role=primary
        [ ! -f "$data/standby.signal" ] || role=standby
    elif [ -f "$data/standby.signal" ]; then
        check_standby_data || { pause 5; return 1; }
        role=standby
    else
        await_primary "this node was a primary and may have to be rewound" || return 1
        former_primary_fits || rejoin "this node was a primary and the record names node $primary" || { pause 5; return 1; }
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
    for old in "$data/postmaster.pid" "$sockets"/.s.PGSQL.5432*; do
        [ ! -e "$old" ] || rm -f "$old"
    done
}

start_server() {
    level='' short=0 complain_at=0
    choose_settings
    write_settings || die 1 "without its settings PostgreSQL is not started; the engine starts this container again"
    started_with=$chosen proven='' reloaded=''
    [ ! -e "$directory/stepped.$id" ] || rm -f "$directory/stepped.$id"
    include_settings "$data"
    : >"$home/started"
    my_term=$term
    say "starting PostgreSQL $major as $role in term $term (primary: node $primary)"
    as_postgres "$bin/postgres" -D "$data" &
    server=$!
    named_at='' lost=0 beat=0 patience=3 check_at=4 replayed='' slots_due=1
}

# server_exited: comes back only if it is to be started once more, with the last good settings.
server_exited() {
    local status
    wait "$server"
    status=$?
    say_disk "$home"
    say "PostgreSQL exited by itself with status $status (its reason is above)"
    server=
    if [ -z "$proven" ] && refuse_settings; then return; fi
    exit $status
}

# --- supervision ----------------------------------------------------------------------------------------------------

# refresh_settings: reloads too, except where that would only interrupt a stream that already comes from the primary.
refresh_settings() {
    write_settings || return
    if [ "$role" = standby ] && find_node "$primary" &&
        [ "$(sql_here "select sender_host from pg_stat_wal_receiver where status = 'streaming'")" = "$address" ]; then
        return
    fi
    kill -HUP "$server"
}

become_primary() {
    role=primary my_term=$term deposed='' named_at='' level='' short=0
    say "this node is now the primary in term $term"
    flush_later &
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
    named_at=${named_at:-$beat}
    [ $((beat - named_at)) -ge 4 ] || return
    say "the record has named this node for over 2 s and nobody has promoted it: promoting"
    sql_here 'select pg_promote(true, 30)' >/dev/null || say "the promotion has not finished within 10 s"
}

# A standby that is none, although the record names another node: promoted by hand.
heed_promotion() {
    [ "$(sql_here 'select pg_is_in_recovery()')" = f ] || return 1
    if find_node "$primary" && writable "$address" "$port" >/dev/null; then
        say "this node was promoted although node $primary is the recorded primary and accepts writes: stepping back"
        stop_server QUIT 1
        return 0
    fi
    say "this node was promoted without a record and node $primary does not accept writes: recording it"
    write_record "$id"
    return 1
}

# obey: false when this node has to decide anew, with PostgreSQL stopped, because of what the record or a request says.
obey() {
    read_record
    if [ "$role" = primary ] && [ "$primary" != "$id" ]; then
        stop_server QUIT 1
        say "fenced: the record names node $primary in term $term (this node's was $my_term)"
        return 1
    fi
    if [ "$role" = primary ] && [ -f "$directory/handover" ] && handover_asked; then
        step_down
        return 1
    fi
    if [ "$role" = standby ] && [ -f "$directory/reclone.$id" ] && reclone_asked; then
        say "reclone: asked for; stopping PostgreSQL"
        stop_server INT 10
        return 1
    fi
}

# notice: what has changed in the record, the list of nodes, the settings and the passwords.
notice() {
    local was
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
        write_passwords
    fi
    if settings_changed || [ -n "$reload" ]; then
        [ -n "$reload" ] || say "the settings or options changed: reloading them"
        reload=
        reloaded=1
        write_settings && kill -HUP "$server"
    fi
    read_nodes
    if [ "$nodes" != "$listed" ]; then
        say "the nodes changed from$listed to$nodes"
        listed=$nodes slots_due=1
        refresh_settings
    fi
}

# pulse: true once for each tick that has passed, however often the bell has rung.
pulse() {
    clock
    [ $now -ge $next_pulse ] || return 1
    next_pulse=$((now + 45)) beat=$((beat + 1))
}

# supervise: returns when this node has to decide anew; ends the program when PostgreSQL ends or a signal asks for it.
supervise() {
    local seen="$term $primary" listed="$nodes" next_pulse=0
    while :; do
        if [ -n "$stopping" ]; then
            say "stopping PostgreSQL"
            stop_server INT 60
            exit 0
        fi
        kill -0 "$server" 2>/dev/null || {
            server_exited
            return
        }
        obey || return
        notice
        if [ "$role" = standby ] && [ "$primary" = "$id" ]; then heed_call; fi
        if pulse; then
            [ -n "$proven" ] || prove_settings
            [ -z "$reloaded" ] || prove_reload
            write_at_last
            if [ -n "$slots_due" ] && [ "$beat" -ge 4 ] && [ $((beat % 2)) -eq 0 ]; then sync_slots && slots_due=''; fi
            [ $((beat % 10)) -ne 0 ] || same_passwords || write_passwords
            if [ "$beat" -eq 6 ]; then flush_later & fi
            if [ "$beat" -eq 6 ] && [ "$role" = primary ]; then analyze_later & fi
            if [ "$role" = primary ] && [ $((beat % 4)) -eq 0 ]; then check_sync; fi
        fi
        if [ "$role" = standby ] && [ "$primary" != "$id" ] && [ $beat -ge "$check_at" ]; then
            check_stream || return
        fi
        rest "$tick"
    done
}

main() {
    id=${PGBC_NODE_ID:?PGBC_NODE_ID is not set in /pgbc/node.conf}
    name=${PGBC_CLUSTER:-pgbc}/$balancer/$id
    home=/var/lib/postgresql/$major
    data=$home/data
    failures=0 my_term=0
    install -d -m 755 -o postgres /var/lib/postgresql "$home"
    exec 9>/var/lib/postgresql/pgbc.lock
    flock -n 9 || die 1 "another container runs on this node's volume (its lock is held)"
    wait_for 120 "a complete list $directory/nodes (its last line is 'end')" read_nodes
    wait_for 60 "complete passwords in $control/secrets" write_passwords
    wait_for 60 "complete options $directory/options (their last line is 'end')" read_options
    wait_for 60 "complete settings $directory/settings.$id (their last line is '# end')" choose_settings
    open_bell
    write_access
    await_seed
    if [ -d "$data" ] && [ "$(stat -c %u "$data")" != "$owner" ]; then
        say "the data belongs to user $(stat -c %u "$data"), postgres is $owner in this image: changing it"
        chown -R postgres "$home"
    fi
    [ ! -f "$home/unflushed" ] || check_flush
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
upgrade)
    shift
    upgrade "$@"
    ;;
'') main ;;
*) die 2 "usage: node.sh [seed|upgrade …]" ;;
esac
