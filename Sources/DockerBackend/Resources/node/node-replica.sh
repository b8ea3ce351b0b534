# The ways of node.sh to become a replica and to stay one: is this data part of the primary's history, rewind it, clone it, watch its stream.
# POSIX sh with `local`; sourced after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154,SC2015

# controldata FIELD [DATA]: one field of pg_controldata for this node's data.
controldata() {
    LC_ALL=C "$bin/pg_controldata" -D "${2:-$data}" 2>/dev/null | sed -n "s/^$1: *//p"
}

# birth TIMELINE SEGMENT: prints, as a row of SQL, what this data's WAL holds where its timeline begins: the timeline, the
# end of what is compared, the file, where in it, how much and its sum. SEGMENT is the size of a WAL file in bytes; nothing
# if the WAL of that place is gone. Two replicas that never met choose the same number for their timelines, when one is
# promoted and dies before the other is; the record that begins a timeline holds the time in microseconds.
birth() {
    local parent lsn rest fork='' high low at size=40 file sum
    while read -r parent lsn rest; do
        case $parent in '' | *[!0-9]*) ;; *) fork=$lsn ;; esac
    done 2>/dev/null <"$data/pg_wal/$(printf '%08X' "$1").history"
    case $fork in *[!0-9A-F/]* | '') return 0 ;; esac
    high=$((0x${fork%/*})) low=$((0x${fork#*/}))
    at=$((low % $2))
    if [ $at -eq 0 ]; then size=80; elif [ $((at % 8192)) -eq 0 ] || [ $((8192 - at % 8192)) -lt 40 ]; then size=64; fi
    file=$(printf '%08X%08X%08X' "$1" $high $((low / $2)))
    if [ $((at + size)) -gt "$2" ] || [ ! -f "$data/pg_wal/$file" ]; then return 0; fi
    sum=$(tail -c +$((at + 1)) "$data/pg_wal/$file" | head -c $size | md5sum)
    printf "(%d, '%X/%X'::pg_lsn, '%s', %d, %d, '%s')" "$1" $high $((low + size)) "$file" $at $size "${sum%% *}"
}

# verdict ADDRESS PORT SYSTEM TIMELINE LSN TIMELINE LSN [BIRTH]: asks the primary whether a server with this identity can
# follow it, whose last checkpoint begins at the first position and which has come as far as the second. Prints ok,
# diverged, twofold (so too, and its timeline has the number of another one of the primary's: pg_rewind would not see it),
# foreign (another cluster) or missing (it could, but the WAL from the later position on is gone); nothing if the primary
# does not answer.
verdict() {
    sql_there 5 "$1" "$2" "
        with primary_now as materialized (
            select ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int as timeline,
                   pg_current_wal_flush_lsn() as lsn),
        history as (
            select m[1]::int as timeline, m[2]::pg_lsn as fork from primary_now, regexp_matches(
                pg_read_file('pg_wal/' || upper(lpad(to_hex(timeline), 8, '0')) || '.history', 0, 1000000, true),
                '^\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)', 'gn') m),
        mine (timeline, lsn, begins) as (values ($4, '$5'::pg_lsn, true), ($6, '$7'::pg_lsn, false)),
        judged as (
            select mine.lsn, case when mine.timeline = p.timeline then mine.lsn > p.lsn
                             else coalesce((select mine.lsn > fork or mine.lsn = fork and begins
                                            from history h where h.timeline = mine.timeline), true)
                             end as diverged
            from mine, primary_now p where mine.timeline > 0),
        birth (timeline, lsn, file, at, size, sum) as (values ${8:-(0, '0/0'::pg_lsn, 'none', 0, 0, '')})
        select case
            when (select system_identifier from pg_control_system()) <> $3 then 'foreign'
            when exists (select from birth b, primary_now p
                where b.lsn <= case when b.timeline = p.timeline then p.lsn
                               else (select max(fork) from history h where h.timeline = b.timeline) end
                  and md5(pg_read_binary_file('pg_wal/' || file, at, size, true)) <> sum) then 'twofold'
            when (select bool_or(diverged) from judged) then 'diverged'
            when not exists (select from pg_ls_waldir()
                where substr(name, 9, 16) = substr(pg_walfile_name((select max(lsn) from judged)), 9, 16)) then 'missing'
            else 'ok' end"
}

# verdict_stopped ADDRESS PORT: the verdict for this node's data while PostgreSQL is down.
verdict_stopped() {
    local fields
    fields=$(LC_ALL=C "$bin/pg_controldata" -D "$data" 2>/dev/null | sed -n \
        -e 's/^Database system identifier: */system=/p' \
        -e 's/^Latest checkpoint location: */at=/p' \
        -e "s/^Latest checkpoint's TimeLineID: */on=/p" \
        -e 's/^Minimum recovery ending location: */end_at=/p' \
        -e "s/^Min recovery ending loc's timeline: */end_on=/p" \
        -e 's/^Bytes per WAL segment: */segment=/p')
    local system='' at='' on='' end_at='' end_on='' segment='' last
    case $fields in *[!A-Za-z0-9_=/[:space:]]*) return 1 ;; esac
    eval "$fields"
    [ -n "$system" ] && [ -n "$end_on" ] && [ -n "$segment" ] || return 1
    last=$on
    [ "$last" -ge "$end_on" ] || last=$end_on
    verdict "$1" "$2" "$system" "$on" "$at" "$end_on" "$end_at" "$(birth "$last" "$segment")"
}

# verdict_running ADDRESS PORT: the same while this node's PostgreSQL is up as a standby.
verdict_running() {
    local answer
    answer=$(sql_here "select concat_ws(' ', system_identifier, greatest(timeline_id, min_recovery_end_timeline),
            greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), min_recovery_end_lsn))
        from pg_control_system(), pg_control_checkpoint(), pg_control_recovery()") || return 1
    # shellcheck disable=SC2086
    set -- "$1" "$2" $answer
    [ $# -eq 5 ] && verdict "$1" "$2" "$3" 0 0/0 "$4" "$5"
}

# own_slot ADDRESS PORT fresh|keep: this node's slot on the primary; fresh lets go of whatever the old one held.
own_slot() {
    local try drop='false'
    [ "$3" = keep ] || drop='true'
    for try in 1 2 3 4 5; do
        sql_there 5 "$1" "$2" "
            select pg_terminate_backend(active_pid) from pg_replication_slots
            where slot_name = 'pgbc_$id' and active and $drop" >/dev/null || return 1
        sql_there 5 "$1" "$2" "
            select pg_drop_replication_slot(slot_name) from pg_replication_slots
            where slot_name = 'pgbc_$id' and not active and ($drop or wal_status = 'lost');
            select pg_create_physical_replication_slot('pgbc_$id', $drop)
            where not exists (select from pg_replication_slots where slot_name = 'pgbc_$id' and not $drop)" >/dev/null &&
            return 0
        [ -z "$stopping" ] || return 1
        pause 0.3
    done
    say "the slot pgbc_$id cannot be made on node $primary (tried $try times)"
    return 1
}

# follow_truth: another server accepts writes although the record names this node; the record is put right. True too where that
# failed: this node must not start as a primary beside the other one, and looks again.
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
    write_record "$found" || pause 1
    return 0
}

# await_address: a replica that calls before its primary's container is up waits a whole second until TCP tries again. The
# bell is there as soon as that container runs; where it has none, TCP's second is the bound.
await_address() {
    local over
    clock
    over=$((now + 100))
    until [ -p "$directory/bell.$primary" ] || [ "$now" -ge $over ] || [ -n "$stopping" ]; do
        pause "$blink"
        clock
    done
}

# watched PID: waits for a child that copies from the primary, and ends it if the record names another one meanwhile.
watched() {
    local was="$term $primary" watcher status
    (
        while sleep 0.5 && kill -0 "$1"; do
            read_record && [ "$term $primary" != "$was" ] || continue
            say "the record changed from '$was' to '$term $primary': giving up this copy"
            kill -TERM "$1"
            exit
        done
    ) 2>/dev/null &
    watcher=$!
    finish "$1"
    status=$?
    kill "$watcher" 2>/dev/null
    return $status
}

source_of() {
    printf '%s' "host=$1 port=$2 user=$3 passfile=$4 connect_timeout=5 \
keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=30000"
}

# --- clone ----------------------------------------------------------------------------------------------------------

# report_clone: turns pg_basebackup's progress, at most one line a second, into "clone DONE/TOTAL bytes".
report_clone() {
    local line total last=''
    while read -r line; do
        case $line in
        "$last") ;;
        [0-9]*/[0-9]*' kB ('*)
            last=$line
            total=${line#*/}
            say "clone $((${line%%/*} * 1024))/$((${total%% *} * 1024)) bytes"
            ;;
        '') ;;
        *) say "pg_basebackup: $line" ;;
        esac
    done
}

# clone WHY: replaces this node's data by a copy of the primary's. Nothing is replaced before the copy is whole, but
# where the disk cannot hold both, the old data goes first.
clone() {
    local why="$1" free needed
    find_node "$primary" || {
        say "clone: the record names node $primary, which is not in the list of nodes"
        return 1
    }
    say "clone: copying node $primary ($address:$port): $why"
    own_slot "$address" "$port" fresh || return 1
    rm -rf "$home/data.clone" "$home/data.old"
    needed=$(sql_there 10 "$address" "$port" 'select (sum(pg_database_size(oid)) / 1024)::bigint from pg_database')
    free=$(df -P "$home" | awk 'END { print $4 }')
    if [ -d "$data" ] && [ "${free:-0}" -lt $((${needed:-0} + 65536)) ]; then
        say "clone: ${free} KiB free, ${needed} KiB needed: removing the old data first"
        rm -f "$home/seeded" && rm -rf "$data"
        free=$(df -P "$home" | awk 'END { print $4 }')
    fi
    [ "${free:-0}" -ge "${needed:-0}" ] ||
        say "disk full: the copy needs about $needed KiB, $free KiB are free in $home; trying all the same"
    rm -f "$run/progress"
    mkfifo "$run/progress"
    report_clone <"$run/progress" &
    as_postgres "$bin/pg_basebackup" -d "$(source_of "$address" "$port" pgbc_replicator "$run/replication")" \
        -D "$home/data.clone" -S "pgbc_$id" -X stream -c fast --no-manifest -P -w 2>"$run/progress" &
    watched $! || {
        say "clone: pg_basebackup ended with status $?; what it left is removed"
        say_disk "$home"
        rm -rf "$home/data.clone"
        return 1
    }
    include_settings "$home/data.clone"
    : >"$home/data.clone/standby.signal"
    chown postgres "$home/data.clone/standby.signal"
    rm -f "$home/seeded"
    [ ! -d "$data" ] || mv "$data" "$home/data.old"
    mv "$home/data.clone" "$data" && rm -f "$home/rewinding" "$home/reclone" "$home/unflushed" && : >"$home/started" && : >"$home/seeded"
    rm -rf "$home/data.old"
    say "clone: done"
}

# --- rewind ---------------------------------------------------------------------------------------------------------

# settle: a standby that was killed first replays what it has, alone, because pg_rewind wants a clean stop.
settle() {
    local server left=600
    case $(controldata 'Database cluster state') in 'in archive recovery') ;; *) return 0 ;; esac
    [ -f "$data/standby.signal" ] || return 0
    say "rewind: this standby was killed; letting it replay its own WAL and stop cleanly first"
    as_postgres "$bin/postgres" -D "$data" -c listen_addresses= -c primary_conninfo= \
        -c recovery_target_timeline=current &
    server=$!
    until sql_here 'select 1' >/dev/null; do
        left=$((left - 1))
        if [ $left -eq 0 ] || [ -n "$stopping" ]; then break; fi
        kill -0 $server 2>/dev/null || break
        pause 0.1
    done
    kill -INT $server 2>/dev/null
    finish $server
}

# rewind WHY: makes this node's data follow the primary from the point where they parted. False: clone instead.
rewind() {
    local status
    find_node "$primary" || return 1
    if [ "$(verdict_stopped "$address" "$port")" = twofold ]; then
        say "rewind: impossible, this node and node $primary were promoted to different timelines of the same number"
        return 1
    fi
    say "rewind: from node $primary ($address:$port): $1"
    settle || {
        say "rewind: replaying its own WAL failed with status $?"
        return 1
    }
    # A primary that was just promoted tells its new timeline only after a checkpoint.
    sql_there 120 "$address" "$port" checkpoint >/dev/null || {
        say "rewind: node $primary did not take a checkpoint"
        return 1
    }
    : >"$home/rewinding"
    rm -f "$data/standby.signal"
    (umask 077 && grep ':postgres:' "$run/all" >"$run/rewind") && chown postgres "$run/rewind"
    as_postgres "$bin/pg_rewind" -D "$data" --source-server \
        "$(source_of "$address" "$port" postgres "$run/rewind") dbname=postgres" >/dev/null &
    watched $!
    status=$?
    rm -f "$run/rewind"
    if [ $status -ne 0 ]; then
        say "rewind: pg_rewind ended with status $status"
        say_disk "$home"
        return 1
    fi
    include_settings "$data"
    : >"$data/standby.signal"
    chown postgres "$data/standby.signal" "$data/postgresql.conf"
    rm -f "$home/rewinding"
    say "rewind: done"
}

# --- bounded repair -------------------------------------------------------------------------------------------------

# rejoin WHY [missing]: rewinds once for each term of the record, clones after that, and stops after three attempts.
rejoin() {
    local of=0 count=0
    read -r of count 2>/dev/null <"$home/repairs"
    [ "$of" = "$term" ] || count=0
    if [ "$count" -ge 3 ]; then
        say "rejoin: given up after $count attempts in term $term ($1); remove this node and add it again," \
            "or remove $home/repairs and restart it"
        return 1
    fi
    count=$((count + 1))
    printf '%s %s\n' "$term" "$count" >"$home/repairs"
    if [ "$count" -eq 1 ] && [ "${2:-}" != missing ] && [ ! -f "$home/rewinding" ]; then
        rewind "$1" && return 0
        if [ -n "$stopping" ]; then return 1; fi
        clone "the rewind failed ($1)"
    else
        clone "$1"
    fi
}

# --- watching the stream ---------------------------------------------------------------------------------------------

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

# check_stream: false when the data needs a repair, with PostgreSQL stopped. It is called every 5 s while all is well,
# every second otherwise, and bears a stream that is down for 10 s, or less when the primary has just changed or this
# node has just started. Missing WAL counts only while replay stands still and there is no archive to restore from; so
# does WAL that the primary has and this node still does not get on with, for 20 s.
check_stream() {
    local judged position
    if streaming; then
        [ "$lost" -eq 0 ] || rm -f "$home/repairs"
        lost=0 patience=10 check_at=$((beat + 10))
        return 0
    fi
    if heed_promotion; then return 1; fi
    lost=$((lost + 1)) check_at=$((beat + 2))
    [ "$lost" -ge "$patience" ] && find_node "$primary" && writable "$address" "$port" >/dev/null || return 0
    judged=$(verdict_running "$address" "$port")
    if [ "$judged" = missing ] || [ "$judged" = ok ]; then
        position=$(sql_here "select pg_last_wal_replay_lsn() where current_setting('restore_command') = ''")
        if [ "${position:-none}" != "$replayed" ]; then
            [ "$judged" = ok ] || judged='still replaying'
        elif [ "$judged" = ok ] && [ "$lost" -ge 20 ]; then
            judged=stuck
        fi
        replayed=$position
    fi
    case $judged in
    diverged | missing | stuck)
        say "not streaming for $lost s from node $primary, which accepts writes: $judged"
        stop_server INT 60
        case $judged in
        missing) rejoin "the WAL that this standby needs is gone from node $primary" missing ;;
        stuck) rejoin "this standby does not get on with the WAL of node $primary" missing ;;
        esac
        return 1
        ;;
    'still replaying') return 0 ;;
    esac
    check_at=$((beat + 10)) lost=$((lost + 4))
    [ $((lost / 5 % 12)) -ne 2 ] || say "not streaming for $lost s from node $primary (${judged:-no answer from it})"
    if find_node "$id"; then find_node "$primary" && own_slot "$address" "$port" keep; fi
    return 0
}
