# The bell that wakes node.sh, and its side of a planned change of primary.
# POSIX sh with `local`; sourced after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154,SC2015

# --- the bell -------------------------------------------------------------------------------------------------------

# clock: sets now, in hundredths of a second since the machine started, without a process of its own.
clock() {
    local up rest
    read -r up rest </proc/uptime
    now=$((${up%.*} * 100 + 1${up#*.} - 100))
}

# open_bell: the FIFO stays open for reading and writing, so that who rings never waits and nobody rings in vain. It is open before
# others can see it: one at which nobody is belongs to a node that is down.
open_bell() {
    bell=$directory/bell.$id
    timeout 0.5 true 2>/dev/null || whole=1
    if { [ -z "$whole" ] || timeout 1 true 2>/dev/null; } && rm -rf "$bell" "$bell.new" && mkfifo -m 600 "$bell.new" 2>/dev/null; then
        exec 6<>"$bell.new"
        mv -f "$bell.new" "$bell"
    else
        bell=
        say "no bell: this image has no mkfifo or a 'timeout' of another kind; changes are seen every $tick s"
    fi
}

# rest SECONDS: until somebody rings, a signal comes, or the time is over (1 s where `timeout` takes whole seconds only).
rest() {
    if [ -z "$bell" ]; then
        pause "$1"
        return
    fi
    timeout "${whole:-$1}" dd bs=4096 count=1 <&6 >/dev/null 2>&1 &
    wait $! || kill $! 2>/dev/null
    return 0
}

# --- the end of PostgreSQL ------------------------------------------------------------------------------------------

# kill_server: PostgreSQL's processes lead groups of their own, and one left alive could still write: all that have its name.
kill_server() {
    local entry what
    kill -STOP "$server" 2>/dev/null
    for entry in /proc/[0-9]*; do
        what=
        read -r what 2>/dev/null <"$entry/comm"
        case $what in postgres | postmaster) kill -KILL "${entry#/proc/}" 2>/dev/null ;; esac
    done
    kill -KILL "$server" 2>/dev/null
}

# stop_server SIGNAL SECONDS: then an immediate stop, and 2 s later the end; QUIT SECONDS: the end after so many seconds.
# A timer that is ended before it first runs may never hear of it, so it looks itself whether there is still something to end.
stop_server() {
    local timer
    kill -"$1" "$server" 2>/dev/null
    (
        sleep "$2"
        kill -0 "$server" || exit 0
        [ "$1" = QUIT ] || {
            say "PostgreSQL has not stopped within $2 s: stopping it at once"
            kill -QUIT "$server"
            sleep 2
            kill -0 "$server" || exit 0
        }
        say "PostgreSQL has not stopped at once: killing its processes"
        kill_server
    ) 2>/dev/null 6>&- 8>&- 9>&- &
    timer=$!
    while kill -0 "$server" 2>/dev/null; do wait "$server"; done
    kill "$timer" 2>/dev/null
    server=
}

# --- handover -------------------------------------------------------------------------------------------------------
# The balancer's agent writes `handover` ("TERM FROM TO DEADLINE"). Node FROM stops cleanly, which ends only when the
# standbys have all of its WAL, says so in `stepped.FROM` ("TERM LSN"), and waits. Whoever changes the record or takes
# `handover` away does it under the record's lock, so exactly one of "TO follows" and "FROM goes on" comes true.

# read_handover: sets of, from, to and deadline; false if there is none.
read_handover() {
    local t='' f='' o='' d=''
    read -r t f o d 2>/dev/null <"$directory/handover" || return 1
    case $t$f$o$d in '' | *[!0-9]*) return 1 ;; esac
    [ -n "$d" ] && of=$t from=$f to=$o deadline=$d
}

# call_off: takes a handover of this node away. False (1) if the record has moved on, so that it has taken place; (2) if
# the lock cannot be had: its holder may be about to change the record, so this node must not go on as the primary.
call_off() {
    local old="$term $primary"
    (
        timeout 5 flock 7 || exit 2
        read_record && [ "$term $primary" = "$old" ] || exit 1
        read_handover && [ "$from" != "$id" ] || rm -f "$directory/handover"
        rm -f "$directory/stepped.$id"
        flock -u 7
    ) 7>>"$directory/lock"
}

# handover_asked: a request to this node that is still good. One of another term, or past its time, is removed.
handover_asked() {
    read_handover && [ "$from" = "$id" ] && read_record && [ "$primary" = "$id" ] && [ "$of" -le "$term" ] || return 1
    if [ "$of" = "$term" ] && [ "$(date +%s)" -lt "$deadline" ]; then return 0; fi
    say "handover: the request of term $of is stale: removed"
    call_off
    return 1
}

# clean_end: prints where the WAL ends; false if PostgreSQL was not stopped cleanly as a primary.
clean_end() {
    LC_ALL=C "$bin/pg_controldata" -D "$data" 2>/dev/null | awk -F ':  *' '
        /^Database cluster state:/ { state = $2 }
        /^Latest checkpoint location:/ { lsn = $2 }
        END { if (state != "shut down" || lsn == "") exit 1; print lsn }'
}

# step_down: PostgreSQL is stopped when this returns, and the data is ready for whatever the record says then.
step_down() {
    local lsn
    say "handover: node $to is to follow this one in term $term; stopping PostgreSQL"
    stop_server INT $((deadline - $(date +%s)))
    if lsn=$(clean_end); then
        printf '%s %s\n' "$term" "$lsn" >"$directory/.stepped.$id" && mv -f "$directory/.stepped.$id" "$directory/stepped.$id"
        say "handover: stopped cleanly at $lsn"
    else
        say "handover: PostgreSQL has not stopped cleanly, so this node has to go on"
        deadline=0
    fi
    await_successor
}

# await_successor: until the record names another node, or this one goes on. A holder of the lock that hangs is waited
# for as long as it hangs: it may have read the record and be about to change it.
await_successor() {
    local old="$term $primary" over
    clock
    over=$((now + (deadline - $(date +%s)) * 100))
    while [ -z "$stopping" ]; do
        read_record
        if [ "$term $primary" != "$old" ]; then
            rm -f "$directory/stepped.$id"
            [ "$primary" = "$id" ] || become_standby_data
            say "handover: done, the record names node $primary in term $term"
            return
        fi
        clock
        if [ $now -lt $over ] && [ -f "$directory/handover" ]; then
            rest "$blink"
            continue
        fi
        call_off
        case $? in
        0)
            say "handover: called off; going on as the primary"
            return
            ;;
        2) say "handover: its time is over, and the lock of the record is held: waiting for it" ;;
        esac
    done
}

become_standby_data() {
    : >"$data/standby.signal"
    chown postgres "$data/standby.signal"
}

# former_primary_fits: a primary that was stopped cleanly, and whose end is part of the new primary's history, follows as
# it is, without a rewind.
former_primary_fits() {
    clean_end >/dev/null && find_node "$primary" && [ "$(verdict_stopped "$address" "$port")" = ok ] || return 1
    say "this node's data ends within the history of node $primary: no rewind is needed"
    become_standby_data
}

# --- a clone that was asked for -------------------------------------------------------------------------------------

# reclone_asked: `reclone.ID` becomes a marker beside the data, which lasts until the clone is whole.
reclone_asked() {
    [ -f "$directory/reclone.$id" ] || [ -f "$home/reclone" ] || return 1
    if [ "$primary" = "$id" ]; then
        say "reclone: refused, the record names this node as the primary"
        rm -f "$home/reclone" "$directory/reclone.$id"
        return 1
    fi
    : >"$home/reclone"
    rm -f "$home/repairs" "$directory/reclone.$id"
}
