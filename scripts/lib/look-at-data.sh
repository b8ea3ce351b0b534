# shellcheck shell=sh
# Run in a container with the data volumes of stopped nodes under /nodes: prints one line for each node,
# "node=NAME|checksums=WORDS|blocks=N|system=ID|timeline=N|checkpoint=LSN|state=WORDS".
set -u
bin=/usr/local/bin
for folder in /usr/lib/postgresql/*/bin; do [ ! -x "$folder/pg_checksums" ] || bin=$folder; done
for node in /nodes/*; do
    for data in "$node"/*/data; do
        sums=$(LC_ALL=C "$bin/pg_checksums" --check -D "$data" 2>&1)
        LC_ALL=C "$bin/pg_controldata" -D "$data" | awk -F ':  *' -v node="${node##*/}" \
            -v bad="$(printf '%s\n' "$sums" | sed -n 's/^Bad checksums: *//p')" \
            -v blocks="$(printf '%s\n' "$sums" | sed -n 's/^Blocks scanned: *//p')" \
            -v words="$(printf '%s' "$sums" | tail -n 1)" '
            /^Database system identifier/ { system_id = $2 }
            /^Latest checkpoint.s TimeLineID/ { timeline = $2 }
            /^Latest checkpoint location/ { checkpoint = $2 }
            /^Database cluster state/ { state = $2 }
            END {
                printf "node=%s|checksums=%s|blocks=%s|system=%s|timeline=%s|checkpoint=%s|state=%s\n",
                    node, (bad == "" ? words : bad), blocks, system_id, timeline, checkpoint, state
            }'
    done
done
