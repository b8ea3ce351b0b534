# The settings of PostgreSQL: what the topology asks for, what the cluster stands on, and the way back from a setting with
# which PostgreSQL does not start. POSIX sh with `local`; sourced after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154,SC2015

# --- what the topology asks for -------------------------------------------------------------------------------------

# read_text FILE [LAST]: sets text to its lines; false if it is not there, or does not end in the line LAST.
read_text() {
    local line='' last=''
    text=
    [ -f "$1" ] || return 1
    while IFS= read -r line || [ -n "$line" ]; do
        text="$text$line
" last=$line
    done 2>/dev/null <"$1"
    [ -z "${2:-}" ] || [ "$last" = "$2" ]
}

# choose_settings: sets chosen to the lines to use: those of the control volume once they are whole, those of the
# container where there have never been any, the last good ones while PostgreSQL is known not to start with what is asked
# for. False while they are being written or replaced.
choose_settings() {
    local wanted
    if [ -f "$directory/settings.$id" ]; then
        read_text "$directory/settings.$id" '# end' || return 1
        had_settings=1
    elif [ -n "$had_settings" ]; then
        return 1
    else
        read_text /pgbc/postgresql.conf
    fi
    wanted=$text
    if read_text "$home/settings.refused"; then
        if [ "$text" = "$wanted" ]; then
            read_text "$home/settings.good"
            wanted=$text
        else
            rm -f "$home/settings.refused" "$directory/refused.$id"
        fi
    fi
    chosen=$wanted
}

# settings_changed: looks for other settings or options than those in use.
settings_changed() {
    local was="$chosen $sync $when_short"
    choose_settings
    read_options
    [ "$chosen $sync $when_short" != "$was" ]
}

# prove_settings: once PostgreSQL says in postmaster.pid that it is up, what it was started with is kept as good.
prove_settings() {
    local line='' count=0
    while read -r line && [ $count -lt 7 ]; do count=$((count + 1)); done 2>/dev/null <"$data/postmaster.pid"
    case $count$line in 7ready* | 7standby*) proven=1 ;; *) return ;; esac
    keep_settings "$started_with"
}

# prove_reload: the same for settings that PostgreSQL took while it ran, if it could take them all without a restart.
prove_reload() {
    [ "$(sql_here 'select count(*) from pg_file_settings where error is not null')" != 0 ] || keep_settings "$chosen"
    reloaded=
}

keep_settings() {
    if read_text "$home/settings.good" && [ "$text" = "$1" ]; then return; fi
    printf '%s' "$1" >"$home/settings.good.new" && mv -f "$home/settings.good.new" "$home/settings.good"
}

# refuse_settings: PostgreSQL has ended before it was up. True if it was started with other settings than the last good
# ones: those are used from here on, until others are asked for, and `refused.ID` tells what PostgreSQL said.
refuse_settings() {
    if [ -f "$home/settings.refused" ]; then
        say "settings: PostgreSQL does not start with the last good ones either, so they are not the reason"
        rm -f "$home/settings.refused" "$directory/refused.$id"
        return 1
    fi
    if read_text "$home/settings.good" && [ "$text" = "$started_with" ]; then return 1; fi
    what_it_says >"$directory/.refused.$id"
    mv -f "$directory/.refused.$id" "$directory/refused.$id"
    [ -f "$home/settings.good" ] || return 1
    printf '%s' "$started_with" >"$home/settings.refused" || {
        rm -f "$home/settings.refused"
        return 1
    }
    say "settings: PostgreSQL does not start with what is asked for; going back to the last settings that worked"
}

# what_it_says: starts PostgreSQL once more, where nobody can reach it, and prints the first lines that are not routine.
what_it_says() {
    mkdir -p "$run/trial" && chown postgres "$run/trial"
    (as_postgres timeout -s INT 10 "$bin/postgres" -D "$data" -c listen_addresses= -c unix_socket_directories="$run/trial" \
        -c log_destination=stderr -c logging_collector=off 2>&1) |
        grep -v -E 'LOG: +(starting|listening|database system|received|shutting|checkpoint|redo)' | head -n 5
}

# --- postgresql.conf ------------------------------------------------------------------------------------------------

# write_settings: hosts are the recorded primary first; one that was just deposed is left out until the next change. A
# standby that hangs lets a primary stop after wal_sender_timeout. False, and the old file is left, where the disk is full: an
# empty one would let a primary acknowledge alone, and cut standbys off.
write_settings() {
    local entry n hosts='' ports='' attribute=primary
    [ "$major" -ge 14 ] || attribute=read-write
    for entry in $nodes; do
        n=${entry%%,*}
        if [ "$n" = "$id" ] || [ "$n" = "${deposed:-}" ]; then continue; fi
        find_node "$n"
        if [ "$n" = "$primary" ]; then
            hosts="$address${hosts:+,$hosts}" ports="$port${ports:+,$ports}"
        else
            hosts="${hosts:+$hosts,}$address" ports="${ports:+$ports,}$port"
        fi
    done
    {
        echo "# Written by node.sh at each start and whenever the nodes change; edits here do not last.
wal_level = replica
wal_log_hints = on
max_wal_senders = 40
max_replication_slots = 40
max_slot_wal_keep_size = 1GB
wal_keep_size = 64MB
wal_retrieve_retry_interval = 100ms
wal_receiver_timeout = 10s
wal_receiver_status_interval = 1s
wal_sender_timeout = 5s
password_encryption = 'scram-sha-256'
# from the topology"
        printf '%s\n' "$chosen"
        echo "
# what the cluster stands on
listen_addresses = '*'
port = 5432
unix_socket_directories = '$sockets'
hba_file = '$home/pg_hba.conf'
ident_file = '$home/pg_ident.conf'
log_destination = 'stderr'
logging_collector = off
hot_standby = on
cluster_name = '$name'
recovery_target_timeline = 'latest'
primary_slot_name = 'pgbc_$id'"
        synchronous_names
        [ -z "$hosts" ] || printf "primary_conninfo = '%s'\n" "host=$hosts port=$ports user=pgbc_replicator \
passfile=$run/replication application_name=pgbc_$id target_session_attrs=$attribute connect_timeout=2 \
keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000"
    } >"$run/pgbc.conf"
    [ "$role" != standby ] || raise_limits
    if cp "$run/pgbc.conf" "$home/pgbc.conf.new" 2>/dev/null && mv -f "$home/pgbc.conf.new" "$home/pgbc.conf"; then
        unwritten=
        return
    fi
    rm -f "$home/pgbc.conf.new"
    if [ -z "$unwritten" ]; then
        say "settings: $home/pgbc.conf cannot be written; what it said before stays in force until it can"
        say_disk "$home"
    fi
    unwritten=1
    return 1
}

# write_at_last: tries again what could not be written, once in so many beats.
write_at_last() {
    if [ -z "$unwritten" ] || [ $((beat % 10)) -ne 0 ]; then return; fi
    write_settings && kill -HUP "$server"
}

# write_access: the socket for root and postgres without a password; the network by SCRAM only.
write_access() {
    echo "local all         postgres                      peer map=pgbc
local all         all                           scram-sha-256
host  replication pgbc_replicator 0.0.0.0/0     scram-sha-256
host  replication pgbc_replicator ::/0          scram-sha-256
host  all         all             0.0.0.0/0     scram-sha-256
host  all         all             ::/0          scram-sha-256" >"$home/pg_hba.conf"
    printf 'pgbc postgres postgres\npgbc root postgres\n' >"$home/pg_ident.conf"
}

# raise_limits: a standby refuses to start with less than its primary had (pg_control says what that was), so a limit
# that is being lowered stays until the primary itself has been restarted.
raise_limits() {
    local limits
    limits=$(LC_ALL=C "$bin/pg_controldata" -D "$data" 2>/dev/null | awk -v conf="$run/pgbc.conf" '
        BEGIN {
            set["max_connections"] = 100; set["max_worker_processes"] = 8; set["max_wal_senders"] = 10
            set["max_prepared_transactions"] = 0; set["max_locks_per_transaction"] = 64
            while ((getline line < conf) > 0) {
                gsub(/[=\047]/, " ", line)
                if (split(line, word, " ") > 1 && word[1] in set) set[word[1]] = word[2] + 0
            }
        }
        / setting: / {
            name = $1; sub(/xact/, "transaction", name)
            if (name in set && $NF + 0 > set[name]) print name " = " $NF " # the primary had it"
        }')
    [ -z "$limits" ] || printf '%s\n' "$limits" >>"$run/pgbc.conf"
}

# include_settings DATA: makes its postgresql.conf end in ours (a clone or a rewind brings another node's file).
include_settings() {
    grep -q "^include_if_exists = '../pgbc.conf'" "$1/postgresql.conf" 2>/dev/null ||
        printf "\ninclude_if_exists = '../pgbc.conf'\n" >>"$1/postgresql.conf"
}
