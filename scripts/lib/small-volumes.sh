# shellcheck shell=bash
# shellcheck disable=SC2154
# Sourced by bench: a volume of the cluster on a file system of its own that is small: memory, mounted where the engine's
# volume points to. Sets small_folder while there is one.

small_folder='' small_volume=''

# make_small_volume primary|replica|control
make_small_volume() {
    if ! is_root || ! is_linux || [[ $(engine_address) != unix://* ]]; then
        say "a small file system needs root on the engine's own machine: skipped"
        return 1
    fi
    case $1 in
        control) make_volume control 8m '"pgbc.kind": "control"' ;;
        primary) make_volume lb1_primary_data 700m '"pgbc.kind": "data", "pgbc.balancer": "lb1", "pgbc.node": "lb1-primary"' ;;
        replica) make_volume lb1_replica1_data 700m '"pgbc.kind": "data", "pgbc.balancer": "lb1", "pgbc.node": "lb1-replica1"' ;;
    esac
}

# make_volume NAME SIZE LABELS
make_volume() {
    small_folder=$(mktemp -d)
    small_volume=${bench_name}_$1
    trap 'report_failed_step; remove_all; [ -z "$small_folder" ] || remove_small_volume' EXIT
    mount -t tmpfs -o "size=$2,mode=0755" tmpfs "$small_folder"
    engine_api POST /volumes/create --max-time 20 --output /dev/null --header 'Content-Type: application/json' --data "{
        \"Name\": \"$small_volume\",
        \"DriverOpts\": {\"type\": \"none\", \"o\": \"bind\", \"device\": \"$small_folder\"},
        \"Labels\": {\"pgbc.cluster\": \"$bench_name\", $3}}"
}

remove_small_volume() {
    engine_api DELETE "/volumes/$small_volume" --max-time 20 >/dev/null 2>&1 || true
    umount "$small_folder" && rmdir "$small_folder"
    small_folder=''
}
