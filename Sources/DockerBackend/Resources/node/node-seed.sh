# A fresh cluster's data: initdb once, cold copies for the replicas, then the record. Safe to repeat.
# POSIX sh with `local`; sourced by `node.sh seed` after node-lib.sh, never run.
# shellcheck shell=sh disable=SC3043,SC2034,SC2154

quoted() { printf '%s' "$1" | sed "s/'/''/g"; }

# One statement a line, as single-user mode wants it.
seed_sql() {
    local n
    read_secret superuser && printf "ALTER ROLE postgres PASSWORD '%s'\n" "$(quoted "$secret")"
    read_secret replication &&
        printf "CREATE ROLE pgbc_replicator LOGIN REPLICATION PASSWORD '%s'\n" "$(quoted "$secret")"
    # The slot functions ask for the REPLICATION attribute besides EXECUTE; pg_hba.conf lets this role stream nothing.
    read_secret monitor && printf "CREATE ROLE pgbc_monitor LOGIN REPLICATION PASSWORD '%s'\n" "$(quoted "$secret")"
    echo 'GRANT pg_monitor TO pgbc_monitor'
    [ "$major" -lt 15 ] || echo 'GRANT pg_checkpoint TO pgbc_monitor'
    echo 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO pgbc_monitor'
    echo 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_physical_replication_slot(name, boolean, boolean) TO pgbc_monitor'
    echo 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_drop_replication_slot(name) TO pgbc_monitor'
    for n in "$@"; do
        printf "SELECT pg_create_physical_replication_slot('pgbc_%s')\n" "$n"
    done
    [ -n "$has_testdb" ] || echo 'CREATE DATABASE testdb'
    echo 'SELECT pg_switch_wal()'
}

# template: prints the archive that our own image holds, of a freshly initialised directory with testdb; false where there is none.
template() {
    local template="/usr/share/pgbc/fresh/$major.tar"
    [ -f "$template" ] && command -v perl >/dev/null && command -v tar >/dev/null && printf '%s' "$template"
}

# unpack TEMPLATE HOME [OPTION]: what the archive holds, as HOME/data.new.
unpack() { (as_postgres tar -x -f "$1" -C "$2" ${3:+"$3"}); }

# from_template DATA: what that archive holds, under an identity of its own; `untouched` says how it was before that.
# False, and nothing left behind, where there is none or this cannot be done.
from_template() {
    local data="$1" template old
    template=$(template) || return 1
    unpack "$template" "${data%/*}" 2>"$run/template" && mv "$data.new" "$data" && listed "$data" >"$run/untouched" &&
        old=$(controldata 'Database system identifier') && new_identity "$data/global/pg_control" >"$run/template" 2>&1 &&
        (as_postgres "$bin/pg_resetwal" -D "$data") >>"$run/template" 2>&1 &&
        [ -n "$old" ] && [ "$(controldata 'Database system identifier')" != "$old" ] && has_testdb=1 && return
    say "seed: the image's template cannot be used; running initdb ($(head -n 1 "$run/template"))"
    rm -rf "$data" "$data.new"
    return 1
}

# new_identity CONTROL: another system identifier, as pg_createsubscriber gives one; pg_resetwal then takes it into the WAL.
# It is the first 8 bytes, and a CRC-32C of all before it ends what is used of the file.
new_identity() {
    perl -e '
        use strict; use warnings;
        sub crc {
            my $r = 0xFFFFFFFF;
            for my $byte (unpack "C*", shift) {
                $r ^= $byte;
                $r = ($r >> 1) ^ ($r & 1 ? 0x82F63B78 : 0) for 1 .. 8;
            }
            return $r ^ 0xFFFFFFFF;
        }
        open(my $file, "+<:raw", $ARGV[0]) or die "$ARGV[0]: $!\n";
        open(my $random, "<:raw", "/dev/urandom") or die "/dev/urandom: $!\n";
        read($file, my $control, 512) == 512 && read($random, my $low, 4) == 4 or die "$ARGV[0]: too short\n";
        my ($end) = grep { crc(substr $control, 0, $_) == unpack "L", substr $control, $_, 4 } map { 4 * $_ } 50 .. 126;
        die "$ARGV[0]: no checksum found in it\n" unless $end;
        substr($control, 0, 8) = pack "Q", time << 32 | unpack "L", $low;
        substr($control, $end, 4) = pack "L", crc(substr $control, 0, $end);
        seek($file, 0, 0) && print {$file} $control or die "$ARGV[0]: $!\n";
        close($file) or die "$ARGV[0]: $!\n"' "$1"
}

from_initdb() {
    (as_postgres "$bin/initdb" -D "$1" -U postgres -k -N -E UTF8 --locale=C.UTF-8 \
        --auth-local=peer --auth-host=reject) >"$run/initdb" 2>&1 && return
    cat "$run/initdb"
    say_disk "${1%/*}"
    die 1 "seed: initdb failed"
}

# seed_first DATA ID…: the data, roles, slots and testdb. What is there before the roles is flushed meanwhile, as a start;
# the caller flushes all of it. The last segment of WAL is a new and empty one, so that little is copied and streamed.
seed_first() {
    local data="$1" has_testdb=''
    shift
    from_template "$data" || from_initdb "$data"
    flush "$data" >/dev/null 2>&1 &
    seed_sql "$@" | (as_postgres "$bin/postgres" --single -F -D "$data" -c exit_on_error=on -c log_checkpoints=off \
        -c password_encryption=scram-sha-256 -c log_min_error_statement=panic -c max_replication_slots=40 \
        -c wal_init_zero=off -c wal_recycle=off -c min_wal_size=32MB postgres) >"$run/single" || {
        say_disk "${data%/*}"
        die 1 "seed: making roles and databases failed"
    }
    include_settings "$data"
}

# flush DATA: as initdb would, and no more: a plain sync waits for whatever else the machine is writing.
flush() { as_postgres "$bin/initdb" --sync-only -D "$1"; }

# newest: prints the ID of the volume whose data has come furthest; of several that of the primary, or the lowest.
newest() {
    local n led
    for n in "$@"; do
        led=1
        [ ! -f "$volumes/$n/$major/data/standby.signal" ] || led=0
        LC_ALL=C "$bin/pg_controldata" -D "$volumes/$n/$major/data" | awk -v n="$n" -v led="$led" "
            /^Latest checkpoint's TimeLineID/ { t = \$NF } /^Latest checkpoint location/ { split(\$NF, l, \"/\") }
            END { printf \"%08d %8s %8s %s %s\n\", t, l[1], l[2], led, n }"
    done | LC_ALL=C sort -k 1,4r -k 5,5n | awk 'NR == 1 { print $NF }'
}

# listed DIRECTORY: what is in it, a line each. A file whose line is the same as before has not been changed.
listed() { (cd "$1" && find . -mindepth 1 -type d -printf 'd %p\n' -o -printf '%y %s %T@ %p\n') | LC_ALL=C sort; }

# difference DATA: what makes fresh contents of the template the same as DATA, which was that: paths in gone, then in changed.
difference() (
    cd "$run" && listed "$1" >touched && LC_ALL=C comm -23 untouched touched >gone && LC_ALL=C comm -13 untouched touched >changed &&
        sed -i 's/.* //' gone changed
)

# renew DATA COPY: carries that difference out. Absolute paths.
renew() { (cd "$2" && xargs -r rm -rf <"$run/gone") && (cd "$1" && xargs -r cp -a --parents -t "$2" <"$run/changed"); }

# copy DATA HOME: a replica's data, which the replica flushes itself later; until then `unflushed` tells in which run of the
# machine the copy was made. Where a copy of the template is there already, only what differs is copied.
copy() (
    if [ -d "$2/data.new" ]; then renew "$1" "$2/data.new"; else cp -a "$1" "$2/data.new"; fi &&
        cd "$2" && : >data.new/standby.signal && chown postgres data.new/standby.signal &&
        cat /proc/sys/kernel/random/boot_id >unflushed && mv data.new data
)

seed() {
    local n first='' ids='' others='' fresh='' volumes=/pgbc/volumes home=/pgbc/volumes pids='' template='' flushing=''
    mkdir -p "$directory"
    exec 8>"$directory/seed.lock"
    flock -n 8 || say "seed: another seed of $balancer is at work; waiting up to 120 s"
    timeout 120 flock 8 || die 1 "seed: waited 120 s for another seed of $balancer: still not done"
    if read_record && ! ls "$volumes"/*/"$major"/seeded >/dev/null 2>&1; then
        say "seed: the record ($term $primary) is of a balancer whose data is gone: beginning anew"
        rm -f "$record"
        term=0 primary=''
    elif read_record; then
        say "seed: $balancer has its record ($term $primary): nothing to do"
        return 0
    fi
    for n in superuser replication monitor; do wait_for 60 "$control/secrets/$n" read_secret "$n"; done
    for n in "$volumes"/*; do [ ! -d "$n" ] || ids="$ids ${n##*/}"; done
    # shellcheck disable=SC2046,SC2086
    set -- $(printf '%s\n' $ids | sort -n)
    [ $# -gt 0 ] || die 1 "seed: no volume is mounted below $volumes"
    first=$1
    for n in "$@"; do
        if [ -f "$volumes/$n/$major/seeded" ]; then continue; fi
        [ "$n" = "$first" ] && fresh=1
        others="$others $n"
    done
    if [ -n "$fresh" ] && [ "$others" != "$ids" ] && [ $(($# - $(echo "$others" | wc -w))) -gt 0 ]; then
        die 1 "seed: volume $first is empty but another of$ids holds data; remove those volumes or bring back volume $first"
    fi
    for n in $others; do
        mkdir -p "$volumes/$n/$major" && chown postgres "$volumes/$n" "$volumes/$n/$major" && chmod 755 "$volumes/$n"
        rm -rf "$volumes/$n/$major/data" "$volumes/$n/$major/data.new"
    done
    if [ -n "$fresh" ] && template=$(template); then
        # Meanwhile, as nearly all of the first node's files will stay what they are in the template. When they were made is of no use.
        for n in $others; do
            if [ "$n" != "$first" ]; then
                unpack "$template" "$volumes/$n/$major" -m &
                pids="$pids $!"
            fi
        done
    fi
    if [ -n "$fresh" ]; then
        seed_first "$volumes/$first/$major/data" "$@"
        flush "$volumes/$first/$major/data" >"$run/flush" 2>&1 &
        flushing=$!
    fi
    for n in $pids; do wait "$n" || template=''; done
    [ -z "$stopping" ] || die 1 "seed: asked to stop"
    if [ -z "$template" ] || ! difference "$volumes/$first/$major/data"; then
        rm -rf "$volumes"/*/"$major"/data.new
    fi
    pids=''
    for n in $others; do
        [ "$n" != "$first" ] || continue
        copy "$volumes/$first/$major/data" "$volumes/$n/$major" &
        pids="$pids $!"
    done
    for n in $pids $flushing; do
        wait "$n" && continue
        say_disk "$volumes/$first"
        die 1 "seed: copying the data of volume $first, or flushing it to disk, failed $(cat "$run/flush" 2>/dev/null)"
    done
    for n in $others; do : >"$volumes/$n/$major/seeded"; done
    [ -n "$fresh" ] || first=$(newest "$@")
    { printf '1 %s\n' "$first" >"$record.seed" && mv -f "$record.seed" "$record"; } ||
        die 1 "seed: the record $record cannot be written"
    say "seed: $balancer is ready: node $first is the primary of nodes$ids"
}
