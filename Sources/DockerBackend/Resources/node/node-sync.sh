# Synchronous replication: how many standbys a commit of the primary waits for, and what happens when there are too few.
# POSIX sh with `local`; sourced after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154,SC2015

# read_options: sets sync and when_short; false, and nothing set, while the file is not complete. The engine replaces a file by
# removing it first, so that one which was there and is not has not gone.
read_options() {
    local key value rest n=0 short=wait complete=''
    [ -f "$directory/options" ] || [ -n "$had_options" ] || complete=1
    while read -r key value rest; do
        case $key in
        sync) case $value in '' | *[!0-9]*) ;; *) n=$value ;; esac ;;
        when_short) [ "$value" != degrade ] || short=degrade ;;
        end) complete=1 had_options=1 ;;
        esac
    done 2>/dev/null <"$directory/options"
    [ -n "$complete" ] && sync=$n when_short=$short
}

# synchronous_names: prints the setting, the same on a standby, so that it is right the moment it is promoted: the others
# are waited for, never the node itself. Nothing without sync, so that a setting of the topology's own stands.
synchronous_names() {
    local entry n list='' count=0 need="$sync"
    [ "$sync" -gt 0 ] || return 0
    for entry in $nodes; do
        n=${entry%%,*}
        [ "$n" != "$id" ] || continue
        list="$list${list:+, }pgbc_$n" count=$((count + 1))
    done
    [ "$need" -le $count ] || need=$count
    [ -z "$level" ] || [ "$level" -ge "$need" ] || need=$level
    if [ "$need" -gt 0 ]; then
        echo "synchronous_standby_names = 'ANY $need ($list)'"
    else
        echo "synchronous_standby_names = ''"
    fi
}

# standbys: how many could acknowledge a commit now. A standby that hangs still counts as streaming in PostgreSQL, but it
# has not replied of late (wal_receiver_status_interval is 1 s).
standbys() {
    sql_here "select count(distinct application_name) from pg_stat_replication
        where application_name ~ '^pgbc_[0-9]+\$' and state = 'streaming' and reply_time > now() - interval '4 s'" 2
}

# check_sync: with `degrade`, waits for fewer standbys when too few have streamed at two looks, 2 s apart, and for all that
# were asked for as soon as they are back.
check_sync() {
    local entry there want=-1
    if [ "$sync" -eq 0 ] || [ "$when_short" != degrade ]; then
        [ -z "$level" ] || set_level ''
        return
    fi
    there=$(standbys) && [ -n "$there" ] || return
    for entry in $nodes; do want=$((want + 1)); done
    [ "$want" -le "$sync" ] || want=$sync
    if [ "$there" -ge "$want" ]; then
        short=0 complain_at=0
        [ -z "$level" ] || set_level '' || return
        rm -f "$directory/degraded"
    elif [ -n "$level" ] && [ "$there" -gt "$level" ]; then
        set_level "$there"
    elif [ "$there" -lt "${level:-$want}" ]; then
        short=$((short + 1))
        [ $short -lt 2 ] || degrade "$there"
    fi
}

# degrade NUMBER: lets commits go on with fewer standbys. A primary that was cut off sees too few as well, while another
# node may be taking its place; what it acknowledged then would be lost. So it asks the record first, under its lock:
# without the lock, without a network, when the record is unreadable or names another node, or while a handover is under
# way, commits go on waiting. `degraded` ("TERM ID") is there, under the same lock, before the first such commit: whoever
# wants to replace this primary can see that the standbys may lack what it acknowledged.
degrade() {
    short=0
    has_network && (
        timeout 1 flock 7 || exit 1
        read_record && [ "$primary" = "$id" ] && [ ! -f "$directory/handover" ] || exit 1
        printf '%s %s\n' "$term" "$id" >"$directory/.degraded" && mv -f "$directory/.degraded" "$directory/degraded" &&
            flock -u 7
    ) 7>>"$directory/lock" || {
        [ "$beat" -lt "$complain_at" ] ||
            say "sync: too few standbys stream ($1), and this node may have been cut off or replaced: commits wait"
        complain_at=$((beat + 60))
        return
    }
    set_level "$1"
}

# set_level NUMBER: commits wait for so many standbys from here on; empty for as many as were asked for. False, and nothing has
# changed, where that cannot be written.
set_level() {
    local was="$level"
    level=$1
    write_settings || {
        level=$was
        return 1
    }
    if [ -n "$level" ]; then
        say "sync: degraded, commits wait for $level standbys instead of $sync, because no more are streaming"
    else
        say "sync: commits wait for $sync standbys again"
    fi
    kill -HUP "$server"
}

# has_network: a route besides the loopback's. A container that was disconnected has none.
has_network() {
    local interface rest
    while read -r interface rest; do
        case $interface in Iface | lo) ;; *) return 0 ;; esac
    done 2>/dev/null </proc/net/route
    return 1
}
