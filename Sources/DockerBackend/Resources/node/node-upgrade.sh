# A major upgrade: pg_upgrade of the primary's data in a container of the new image, with the old server's files beside it.
# POSIX sh with `local`; sourced by `node.sh upgrade …` after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154
#
# The volume of the primary is at /var/lib/postgresql, those of all other nodes at /pgbc/volumes/ID. The data of each major
# version is in a directory of its own there, so the old data stays as it was until `commit`. In order:
#   files       (old image) copies the old server's programs and all that they need to $work
#   check       (new image, in the primary's network) asks pg_upgrade about the running server; changes nothing of it
#   data        (new image, servers stopped) makes the new data, and writes `version` when it is whole
#   undo        (any image, servers stopped) removes the new data, and makes the old primary the primary again
#   commit      (any image) removes the old data
# Lines that begin with "refused:" and "facts:" are for pgbc.

work=/var/lib/postgresql/upgrade

refuse() {
    printf 'refused: %s\n' "$@"
    exit 4
}

# --- the old server's files -----------------------------------------------------------------------------------------

# loader_of PROGRAM: prints the dynamic loader that can start it.
loader_of() {
    local entry
    for entry in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* /lib/ld-musl-*.so.1; do
        [ -x "$entry" ] && "$entry" --list "$1" >/dev/null 2>&1 && echo "$entry" && return
    done
    return 1
}

# place_of NAME CANDIDATE…: what pg_config says, or the first of the directories that is there.
place_of() {
    local option="$1" found
    shift
    if found=$("$bin/pg_config" "$option" 2>/dev/null) && [ -d "$found" ]; then echo "$found" && return; fi
    for found in "$@"; do
        [ ! -d "$found" ] || { (cd "$found" && pwd -P) && return; }
    done
    return 1
}

# keep DIRECTORY: copies it to the same path below $work/old; links that lead nowhere are left out.
keep() {
    mkdir -p "$work/old$1"
    cp -RLp "$1/." "$work/old$1/" 2>/dev/null
    return 0
}

# wrap NAME PROGRAM: an executable that starts a kept program with its own loader and libraries, whatever this image holds.
wrap() {
    printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$work/loader" "$work/libraries" "$2" >"$work/wrap/$1"
    chmod 755 "$work/wrap/$1"
}

keep_libraries() {
    local loader="$1" file
    shift
    for file in "$@"; do "$loader" --list "$file" 2>/dev/null; done |
        awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | sort -u >"$work/list"
    while read -r file; do
        cp -L "$file" "$work/libraries/" || return 1
        # Looked for by name only when a user is looked up.
        case $file in */libc.so.*) cp -L "${file%/*}"/libnss_files.so.* "$work/libraries/" 2>/dev/null ;; esac
    done <"$work/list"
    rm -f "$work/list"
    cp -L "$loader" "$work/loader"
}

# room NEEDED: refuses unless so many KiB are free for the new data of all nodes.
require_room() {
    local free
    free=$(df -P /var/lib/postgresql | awk 'END { print $4 }')
    [ "${free:-0}" -ge "$1" ] ||
        refuse "the new data of all nodes needs about $(($1 / 1024)) MiB beside the old, and $((free / 1024)) MiB are free"
}

# data_size DIRECTORY: KiB without the WAL.
data_size() { { du -sk "$1" && du -sk "$1/pg_wal"; } | awk 'NR == 1 { all = $1 } NR == 2 { wal = $1 } END { print all - wal }'; }

# upgrade_files COPIES: in the old image; COPIES is the number of nodes that are to hold the new data.
upgrade_files() {
    local share libraries loader name real size
    [ -d "$data" ] || die 1 "there is no data of PostgreSQL $major on this volume"
    size=$(data_size "$data")
    require_room $((size * $1 + 262144))
    rm -rf "$work"
    mkdir -p "$work/old" "$work/wrap" "$work/libraries"
    real=$(cd "$bin" && pwd -P)
    share=$(place_of --sharedir "$bin/../share/postgresql" "$bin/../share" "/usr/share/postgresql/$major") ||
        die 1 "the directory share of $bin cannot be found"
    libraries=$(place_of --pkglibdir "$bin/../lib/postgresql" "$bin/../lib") || die 1 "the libraries of $bin cannot be found"
    loader=$(loader_of "$bin/postgres") || die 1 "no dynamic loader of this image can start $bin/postgres"
    keep "$share"
    keep "$libraries"
    [ ! -d /usr/share/zoneinfo ] || keep /usr/share/zoneinfo
    rm -rf "$work/old$libraries"/llvmjit* "$work/old$libraries/bitcode"
    mkdir -p "$work/old$real"
    # postgres finds its share directory from its own place; pg_ctl finds the postgres beside it, which has to be the wrapper.
    cp -L "$real/postgres" "$work/old$real/postgres"
    wrap postgres "$work/old$real/postgres"
    for name in pg_ctl pg_controldata pg_resetwal; do
        cp -L "$real/$name" "$work/wrap/$name.real" || die 1 "this image has no $real/$name"
        wrap "$name" "$work/wrap/$name.real"
    done
    keep_libraries "$loader" "$work/old$real/postgres" "$work/wrap"/*.real "$work/old$libraries"/*.so || die 1 "cannot copy libraries"
    "$work/wrap/postgres" -V >/dev/null || die 1 "the copied PostgreSQL does not start"
    "$bin/postgres" -V | sed 's/.*PostgreSQL) \([^ ]*\).*/facts: from \1/'
    echo "facts: size $((size / 1024))"
}

# --- in the new image -----------------------------------------------------------------------------------------------

# stand_in: what the old server looks for at fixed places, where this image has nothing.
stand_in() {
    [ -e /usr/share/zoneinfo ] || [ ! -d "$work/old/usr/share/zoneinfo" ] || ln -s "$work/old/usr/share/zoneinfo" /usr/share/zoneinfo
}

# take_owner UID: in this container, which is thrown away, postgres becomes the user that the old data belongs to.
take_owner() {
    [ "$1" != "$owner" ] || return
    awk -F : -v OFS=: -v uid="$1" '$1 == "postgres" { $3 = uid } $1 == "postgres" || $3 != uid' /etc/passwd >/etc/passwd.new &&
        cat /etc/passwd.new >/etc/passwd
    owner=$1
}

prepare_upgrade() {
    old=$1
    old_home=/var/lib/postgresql/$old
    [ -x "$bin/pg_upgrade" ] || refuse "this image has $bin/postgres but no $bin/pg_upgrade"
    [ "$major" -gt "$old" ] || refuse "this image has PostgreSQL $major, the data is of $old"
    [ -x "$work/wrap/postgres" ] || die 1 "the old server's files are not in $work"
    stand_in
    take_owner "$(stat -c %u "$old_home/data")"
    mkdir -p "$work/run"
    chown postgres "$work" "$work/run"
}

old_controldata() { "$work/wrap/pg_controldata" -D "$old_home/data" | sed -n "s/^$1: *//p"; }

# initdb_options: writes those that make a cluster of the old one's kind to $work/options, one on a line.
write_options() {
    local answer
    [ "$(old_controldata 'Data page checksum version')" = 0 ] || echo --data-checksums
    [ "$(old_controldata 'Data page checksum version')" != 0 ] || [ "$major" -lt 18 ] || echo --no-data-checksums
    echo "--wal-segsize=$(($(old_controldata 'Bytes per WAL segment') / 1048576))"
    answer=$(sql_primary template1 "
        select format(e'--encoding=%s\n--lc-collate=%s\n--lc-ctype=%s', pg_encoding_to_char(encoding), datcollate, datctype)
            || case j->>'datlocprovider' when 'i' then e'\n--locale-provider=icu\n--icu-locale=' || coalesce(j->>'datlocale', j->>'daticulocale')
                || coalesce(e'\n--icu-rules=' || nullif(j->>'daticurules', ''), '')
               when 'b' then e'\n--locale-provider=builtin\n--builtin-locale=' || (j->>'datlocale') else '' end
        from (select d.*, to_jsonb(d) as j from pg_database d where datname = 'template0') d") || return 1
    printf '%s\n' "$answer"
}

# fresh_cluster DATA: an empty one of the old one's kind.
fresh_cluster() {
    local option fresh="$1"
    rm -rf "$fresh"
    set --
    while read -r option; do set -- "$@" "$option"; done <"$work/options"
    (as_postgres "$bin/initdb" -D "$fresh" -U postgres -N --auth-local=peer --auth-host=reject "$@") >"$work/run/initdb" 2>&1 && return
    say_disk /var/lib/postgresql
    refuse "initdb $* of the new image fails: $(grep -i error "$work/run/initdb" | head -n 2)"
}

sql_primary() {
    timeout 30 "$bin/psql" "host=127.0.0.1 port=5432 user=postgres dbname=$1 passfile=$run/all connect_timeout=5" \
        -XAtq -v ON_ERROR_STOP=1 -c "$2"
}

# missing_extensions: prints, one on a line, what databases have and the new image has not.
missing_extensions() {
    local name
    echo 'select name from pg_available_extensions' | (as_postgres "$bin/postgres" --single -D "$work/new" postgres) 2>/dev/null |
        sed -n 's/.*name = "\([^"]*\)".*/\1/p' | sort -u >"$work/run/available"
    sql_primary postgres 'select datname from pg_database where datallowconn' | while read -r name; do
        sql_primary "$name" 'select extname from pg_extension' </dev/null
    done | sort -u | while read -r name; do
        grep -qxF "$name" "$work/run/available" || echo "the new image lacks the extension $name, which a database uses"
    done
}

# bad_settings: what the new PostgreSQL says against the settings that this node is asked to have.
bad_settings() {
    choose_settings && printf '%s\n' "$chosen" >>"$work/new/postgresql.conf"
    (as_postgres "$bin/postgres" -D "$work/new" -C data_directory) 2>&1 >/dev/null |
        sed -n 's/^.*LOG:  *\(.*\) in file .*/\1, which PostgreSQL '"$major"' does not take/p'
}

# what_it_found: the reasons in pg_upgrade's output, with the lists that it wrote.
what_it_found() {
    awk '/fatal *$/ { on = 1; next } /^Failure, exiting/ { on = 0 } on && NF { sub(/^ +/, ""); printf "%s ", $0 } END { print "" }' "$work/run/output" |
        sed 's/ *[^.]* is in the file:.*//'
    grep -i -E '^(error|fatal|.*could not)' "$work/run/output" | head -n 5
    find "$work/run" "$work/new" "$data" -path '*pg_upgrade_output.d*' -prune -o -name '*.txt' -print 2>/dev/null | head -n 3 |
        while read -r file; do head -n 12 "$file"; done
    find "$work/new/pg_upgrade_output.d" "$data/pg_upgrade_output.d" -name '*.txt' -exec head -n 12 {} \; 2>/dev/null
}

# pg_upgrade_with PROGRAMS OLD NEW [OPTION…]
pg_upgrade_with() {
    local programs="$1" from="$2" to="$3"
    shift 3
    (cd "$work/run" && as_postgres "$bin/pg_upgrade" -b "$programs" -B "$bin" -d "$from" -D "$to" -U postgres \
        -o '-c jit=off' -O '-c jit=off' "$@") >"$work/run/output" 2>&1
}

# live_view: what pg_upgrade looks at of a running server: copies, and a postmaster.pid that says where it is reached from here.
# pg_upgrade tries to start a server whose postmaster.pid it finds. Nothing in this directory leads to the real data, and the
# programs beside it only tell their version, so that no second server can ever run on that.
live_view() {
    local entry
    rm -rf "$work/view" "$work/told"
    mkdir -m 700 "$work/view" "$work/told"
    for entry in base global pg_multixact pg_subtrans pg_tblspc pg_twophase pg_wal pg_xact; do mkdir "$work/view/$entry"; done
    cp "$old_home/data/PG_VERSION" "$work/view/" && cp "$old_home/data/global/pg_control" "$work/view/global/"
    printf '1\n%s\n1\n5432\n127.0.0.1\n127.0.0.1\n\nready\n' "$work/view" >"$work/view/postmaster.pid"
    for entry in postgres pg_ctl pg_resetwal; do
        printf '#!/bin/sh\ncase "$*" in -V | --version) exec %s -V ;; esac\nexit 1\n' "$work/wrap/$entry" >"$work/told/$entry"
    done
    cp "$work/wrap/pg_controldata" "$work/told/"
    chmod 755 "$work/told"/*
    chown -R postgres "$work/view" "$work/told"
}

upgrade_check() {
    local reasons
    prepare_upgrade "$1"
    wait_for 10 "complete passwords in $control/secrets" write_passwords
    cp "$run/all" "$run/upgrade" && chown postgres "$run/upgrade"
    write_options >"$work/options" || die 1 "the primary does not answer"
    fresh_cluster "$work/new"
    reasons=$(missing_extensions)
    live_view
    PGPASSFILE=$run/upgrade pg_upgrade_with "$work/told" "$work/view" "$work/new" --check || reasons="$reasons
$(what_it_found)"
    reasons="$reasons
$(bad_settings)"
    rm -rf "$work/new" "$work/view" "$work/told"
    reasons=$(printf '%s\n' "$reasons" | sed '/^ *$/d')
    [ -z "$reasons" ] || { printf '%s\n' "$reasons" | sed 's/^/refused: /' && exit 4; }
    "$bin/postgres" -V | sed 's/.*PostgreSQL) \([^ ]*\).*/facts: to \1/'
}

# old_end: where the old data ends, if it was stopped cleanly.
old_end() { "$work/wrap/pg_controldata" -D "$old_home/data" | awk -F ':  *' '/cluster state/ { s = $2 } /^Latest checkpoint location/ { l = $2 } END { if (s != "shut down") exit 1; print l }'; }

# --- the data -------------------------------------------------------------------------------------------------------

lock_volumes() {
    local volume
    exec 9>/var/lib/postgresql/pgbc.lock
    timeout 20 flock 9 || die 1 "a server still runs on the volume of node $id"
    for volume in /pgbc/volumes/*; do
        [ ! -e "$volume/pgbc.lock" ] || flock -n "$volume/pgbc.lock" true || die 1 "a server still runs on the volume of node ${volume##*/}"
    done
}

write_version() { printf '%s\n' "$1" >"$directory/.version" && mv -f "$directory/.version" "$directory/version"; }

# finish_new: what pg_upgrade leaves to be done in the new data: extensions, and rights that came with a later version.
finish_new() {
    local server="-c listen_addresses= -c unix_socket_directories=$work/run -c jit=off"
    (as_postgres "$bin/pg_ctl" -D "$data" -w -t 120 -l "$work/run/finish" -o "$server" start) >/dev/null 2>&1 || return 1
    {
        [ "$old" -ge 15 ] || [ "$major" -lt 15 ] || echo 'GRANT pg_checkpoint TO pgbc_monitor;'
        [ ! -f "$work/run/update_extensions.sql" ] || cat "$work/run/update_extensions.sql"
    } | (as_postgres "$bin/psql" "host=$work/run port=5432 user=postgres dbname=postgres" -Xq) >"$work/run/extensions" 2>&1
    (as_postgres "$bin/pg_ctl" -D "$data" -w -t 120 -m fast stop) >/dev/null 2>&1
}

upgrade_data() {
    local volume
    prepare_upgrade "$1"
    lock_volumes
    old_end >/dev/null || die 1 "the old server was not stopped cleanly, so its data cannot be upgraded"
    if [ -f "$home/seeded" ] && [ "$(cat "$home/upgraded" 2>/dev/null)" = "$(old_end)" ]; then
        write_version "$major"
        say "upgrade: the new data is whole already"
        return
    fi
    [ -f "$work/options" ] || die 1 "the check did not leave $work/options"
    for volume in /var/lib/postgresql /pgbc/volumes/*; do rm -rf "${volume:?}/$major"; done
    mkdir -p "$home" && chown postgres "$home"
    fresh_cluster "$data"
    say "upgrade: copying the data of PostgreSQL $old into PostgreSQL $major"
    pg_upgrade_with "$work/wrap" "$old_home/data" "$data" --jobs 2 || {
        tail -n 20 "$work/run/output"
        what_it_found | sed '/^ *$/d; s/^/refused: /'
        say_disk /var/lib/postgresql
        exit 4
    }
    finish_new || die 1 "the upgraded data does not start: $(tail -n 3 "$work/run/finish")"
    old_end >"$home/upgraded"
    : >"$home/unanalyzed"
    : >"$home/seeded"
    sync
    write_version "$major"
    say "upgrade: done"
}

# upgrade_undo OLD NEW: the data of all nodes is as it was; what the new servers wrote is gone.
upgrade_undo() {
    local volume
    lock_volumes
    [ -d "/var/lib/postgresql/$1/data" ] || die 1 "the old data is gone from the volume of node $id"
    write_version "$1"
    read_record && [ "$primary" = "$id" ] || write_record "$id" || die 1 "the record cannot be written"
    rm -f "$directory/handover"
    for volume in /var/lib/postgresql /pgbc/volumes/*; do rm -rf "${volume:?}/${2:?}"; done
    rm -rf "$work"
    say "undo: done, node $id is the primary in term $term, with PostgreSQL $1"
}

# upgrade_commit OLD: the old data goes; there is no way back.
upgrade_commit() {
    local volume
    for volume in /var/lib/postgresql /pgbc/volumes/*; do rm -rf "${volume:?}/${1:?}"; done
    rm -rf "$work"
    say "commit: the data of PostgreSQL $1 is removed"
}

# analyze_later: pg_upgrade leaves no statistics behind (before 18), and queries are planned badly without them.
analyze_later() {
    [ -f "$home/unanalyzed" ] || return
    (as_postgres "$bin/vacuumdb" -h "$sockets" -p 5432 -U postgres --all --analyze-in-stages >/dev/null 2>&1) || return
    rm -f "$home/unanalyzed"
    say "the statistics of the upgraded data are complete"
}

upgrade() {
    local mode="${1:-}"
    [ $# -gt 0 ] && shift
    id=${PGBC_NODE_ID:?PGBC_NODE_ID is not set in /pgbc/node.conf}
    home=/var/lib/postgresql/$major
    data=$home/data
    # A check that does not come to its end leaves nothing on the primary's volume, also when its container is stopped.
    case $mode in files | check) trap '[ $? -eq 0 ] || rm -rf "$work"' EXIT && trap 'exit 143' TERM INT ;; esac
    case $mode in
    files) upgrade_files "$@" ;;
    check) upgrade_check "$@" ;;
    data) upgrade_data "$@" ;;
    undo) upgrade_undo "$@" ;;
    commit) upgrade_commit "$@" ;;
    *) die 2 "usage: node.sh upgrade files COPIES|check OLD|data OLD|undo OLD NEW|commit OLD" ;;
    esac
}
