# What node.sh stands on: programs, the files of the control volume, credentials, SQL.
# POSIX sh with `local`; sourced, never run. Every wait is bounded and says what it waits for.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154,SC2015

say() { printf 'pgbc: %s\n' "$*"; }

die() {
    local code="$1"
    shift
    say "$*"
    exit "$code"
}

# pause SECONDS: a sleep that a signal ends at once.
pause() {
    sleep "$1" &
    wait $!
}

# finish PID: waits for a child through any number of signals; its status is the result.
finish() {
    local status
    while :; do
        wait "$1"
        status=$?
        kill -0 "$1" 2>/dev/null || return $status
        [ -z "$stopping" ] || kill -TERM "$1" 2>/dev/null
    done
}

# --- programs -------------------------------------------------------------------------------------------------------

find_programs() {
    local directory found
    bin=
    found=$(command -v postgres 2>/dev/null) && [ -x "${found%/*}/pg_rewind" ] && bin=${found%/*}
    if [ -z "$bin" ]; then
        major=0
        for directory in /usr/lib/postgresql/*/bin /usr/libexec/postgresql*; do
            [ -x "$directory/postgres" ] || continue
            found=${directory%/bin}
            found=${found##*/}
            found=${found##postgresql}
            [ "${found:-0}" -gt "$major" ] 2>/dev/null && major=$found && bin=$directory
        done
    fi
    [ -n "$bin" ] || { [ -x /usr/local/bin/postgres ] && bin=/usr/local/bin; }
    [ -n "$bin" ] || die 1 "this image has no 'postgres' program in PATH, /usr/lib/postgresql/*/bin or /usr/local/bin"
    case $bin in
    /usr/lib/postgresql/[0-9]*/bin) major=${bin%/bin} && major=${major##*/} ;;
    *) major=$("$bin/postgres" -V) && major=${major##*PostgreSQL) } ;;
    esac
    major=${major%%[!0-9]*}
    [ "${major:-0}" -ge 13 ] || die 1 "PostgreSQL 13 or later is needed; $bin holds '${major:-unknown}'"
    for found in initdb psql pg_basebackup pg_rewind pg_controldata; do
        [ -x "$bin/$found" ] || die 1 "this image has $bin/postgres but no $bin/$found"
    done
    command -v flock >/dev/null || die 1 "this image has no 'flock' program (util-linux or busybox)"
    owner=$(id -u postgres 2>/dev/null) || die 1 "this image has no user named postgres"
    find_user_switch
}

# PostgreSQL refuses to run as root: whichever of these the image has starts it as postgres.
find_user_switch() {
    if command -v gosu >/dev/null; then
        switch='gosu postgres'
    elif command -v su-exec >/dev/null; then
        switch='su-exec postgres'
    elif setpriv --reuid=postgres --regid=postgres --init-groups true 2>/dev/null; then
        switch='setpriv --reuid=postgres --regid=postgres --init-groups'
    elif chroot --userspec=postgres / true 2>/dev/null; then
        switch='chroot --userspec=postgres /'
    else
        die 1 "this image has none of gosu, su-exec, setpriv or a chroot with --userspec, so root cannot become postgres"
    fi
}

# as_postgres COMMAND…: replaces the shell it runs in, so call it in the background or in a subshell. The bell and the
# locks (6, 8, 9) belong to the supervising shell alone.
as_postgres() {
    export HOME=/var/lib/postgresql LC_ALL=C.UTF-8
    # shellcheck disable=SC2086
    exec $switch "$@" 6>&- 8>&- 9>&-
}

# say_disk DIRECTORY: a sentence if less than 32 MiB are free there.
say_disk() {
    local place="$1"
    # shellcheck disable=SC2046
    set -- $(df -P "$place" 2>/dev/null | tail -n 1)
    [ $# -ge 4 ] && [ "$4" -lt 32768 ] 2>/dev/null || return 0
    say "disk full: $4 of $2 KiB are free in $place; make room on the engine's disk, then start this again"
}

# --- the control volume ---------------------------------------------------------------------------------------------

# read_record: sets term and primary; false if there is none.
read_record() {
    local t='' p=''
    read -r t p 2>/dev/null <"$record" || return 1
    case $t$p in '' | *[!0-9]*) return 1 ;; esac
    term=$t primary=$p
}

# write_record ID: TERM+1 for ID, on disk, unless somebody was faster than what this node had read. The lock is let go by hand, here
# and elsewhere: busybox's timeout leaves a process behind that has its file open for another second.
write_record() {
    local old="$term $primary"
    (
        timeout 10 flock 7 || exit 1
        read_record && [ "$term $primary" != "$old" ] && exit 1
        printf '%s %s\n' $((term + 1)) "$1" | dd of="$record.$id" conv=fsync 2>/dev/null &&
            mv -f "$record.$id" "$record" && sync "$directory" && flock -u 7
    ) 7>"$directory/lock" || {
        say "record: not changed from '$old': it has moved on, or its lock or the disk cannot be had"
        return 1
    }
}

# read_nodes: sets nodes to words ID,ADDRESS,PORT; false if the file is missing or not complete.
read_nodes() {
    local n host address port weight list='' complete=''
    while read -r n host address port weight; do
        case $n in
        end) complete=1 ;;
        '' | *[!0-9]*) ;;
        *) list="$list $n,${address:-$host},${port:-5432}" ;;
        esac
    done 2>/dev/null <"$directory/nodes"
    [ -n "$complete" ] && nodes=$list
}

# find_node ID: sets address and port.
find_node() {
    local entry
    for entry in $nodes; do
        [ "${entry%%,*}" = "$1" ] || continue
        entry=${entry#*,}
        address=${entry%,*} port=${entry##*,}
        return 0
    done
    return 1
}

read_secret() {
    secret=
    read -r secret 2>/dev/null <"$control/secrets/$1"
    [ -n "$secret" ]
}

# wait_for SECONDS WHAT COMMAND…: polls, says after a second what it waits for, and ends this program after SECONDS.
wait_for() {
    local limit="$1" what="$2" count=0
    shift 2
    until "$@"; do
        [ -z "$stopping" ] || exit 0
        count=$((count + 1))
        [ $count -ne 50 ] || say "waiting (at most $limit s) for $what"
        [ $count -lt $((limit * 50)) ] || die 1 "waited $limit s for $what: still not there"
        pause 0.02
    done
}

# --- credentials: files on the container's memory disk, never arguments or environment ------------------------------

# same_passwords: compares without a process of its own; known is what write_passwords wrote last.
same_passwords() {
    local role all=''
    for role in superuser replication monitor; do
        read_secret "$role" || return 0
        all="$all $secret"
    done
    [ "$all" = "$known" ] && return
    known=$all
    return 1
}

# private FILE: makes it, empty, for its owner only.
private() {
    [ ! -e "$1" ] || rm -f "$1"
    umask 077
    true >"$1"
    umask 022
}

write_passwords() {
    local role name line
    same_passwords
    [ -d "$run" ] || mkdir -p "$run" || die 1 "cannot write to $run"
    chmod 711 "$run"
    for name in all replication; do private "$run/$name.new"; done
    for role in superuser:postgres replication:pgbc_replicator monitor:pgbc_monitor; do
        name=${role#*:}
        read_secret "${role%%:*}" || return 1
        case $secret in
        *[\\:]*) line=$(printf '%s' "$secret" | sed 's/[\\:]/\\&/g') ;;
        *) line=$secret ;;
        esac
        printf '*:*:*:%s:%s\n' "$name" "$line" >>"$run/all.new"
        [ "$name" = pgbc_replicator ] || continue
        printf '*:*:*:%s:%s\n' "$name" "$line" >>"$run/replication.new"
    done
    chown postgres "$run/replication.new"
    mv -f "$run/replication.new" "$run/replication"
    mv -f "$run/all.new" "$run/all"
}

# --- SQL ------------------------------------------------------------------------------------------------------------

# sql_here SQL [SECONDS]: as superuser on this node's socket.
sql_here() {
    timeout "${2:-10}" "$bin/psql" "host=$sockets port=5432 user=postgres dbname=postgres connect_timeout=2" \
        -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>/dev/null
}

# sql_there SECONDS ADDRESS PORT SQL: as superuser on another node.
sql_there() {
    timeout "$1" "$bin/psql" "host=$2 port=$3 user=postgres dbname=postgres passfile=$run/all connect_timeout=2" \
        -XAtq -v ON_ERROR_STOP=1 -c "$4"
}

# writable ADDRESS PORT: prints "TIMELINE SYSTEM" if that server accepts writes.
writable() {
    local answer
    answer=$(sql_there 2 "$1" "$2" "select case when not pg_is_in_recovery() then
        (('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int) || ' ' ||
        (select system_identifier from pg_control_system()) end" 2>/dev/null)
    [ -n "$answer" ] && printf '%s\n' "$answer"
}

# ask_peers: sets found to the ID of a peer that accepts writes (the newest timeline if two do), and found_timeline.
ask_peers() {
    local entry n timeline rest pids=''
    rm -rf "$run/ask" && mkdir "$run/ask"
    for entry in $nodes; do
        n=${entry%%,*}
        [ "$n" != "$id" ] || continue
        find_node "$n"
        writable "$address" "$port" >"$run/ask/$n" &
        pids="$pids $!"
    done
    for n in $pids; do wait "$n"; done
    found='' found_timeline=0
    for entry in "$run"/ask/*; do
        read -r timeline rest 2>/dev/null <"$entry" || continue
        [ -z "$found" ] || say "two servers accept writes: node $found and node ${entry##*/}"
        [ "$timeline" -gt "$found_timeline" ] || continue
        found=${entry##*/} found_timeline=$timeline
    done
    [ -n "$found" ]
}

# sync_slots: a slot for every other node, none for nodes that are gone. A replica makes them too (they hold nothing
# there), so that they exist the moment it is promoted; what it still holds from its own time as primary is let go.
sync_slots() {
    local entry n wanted=''
    for entry in $nodes; do
        n=${entry%%,*}
        [ "$n" = "$id" ] || wanted="$wanted,'pgbc_$n'"
    done
    wanted=$(sql_here "
        select pg_drop_replication_slot(slot_name) from pg_replication_slots
        where slot_name ~ '^pgbc_[0-9]+\$' and not active
          and (slot_name <> all (array['pgbc_$id'$wanted]::name[]) or pg_is_in_recovery() and restart_lsn is not null);
        select pg_create_physical_replication_slot(n) from unnest(array[${wanted#,}]::name[]) n
        where not exists (select from pg_replication_slots where slot_name = n);
        select count(*) from pg_replication_slots where slot_name ~ '^pgbc_[0-9]+\$'
          and slot_name <> all (array['pgbc_$id'$wanted]::name[])") && [ "${wanted##*
}" = 0 ]
}
