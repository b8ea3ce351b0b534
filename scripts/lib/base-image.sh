# shellcheck shell=bash
# Sourced by engine.sh: the base image of pgbc's own images, pulled or, where no registry answers, made from Debian's packages.

base_image=debian:bookworm-slim
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

ensure_base_image() {
    if engine_has_image "$base_image"; then
        say "$base_image is there"
        return
    fi
    say "$base_image is missing: asking a registry (60 s at most)"
    if pull_base_image; then
        say "pulled $base_image"
        return
    fi
    if ! is_linux || ! is_root || ! have apt-get; then
        fail "no registry gave $base_image, and only root on Debian or Ubuntu can make it" \
            "on a machine that reaches a registry: docker pull $base_image && docker save -o base.tar $base_image" \
            "here: docker load -i base.tar; then run ${0##*/} again"
    fi
    say "no registry gave it: making it with debootstrap (about 30 s)"
    ensure_packages debootstrap debian-archive-keyring
    make_base_image "$base_image"
    say "made $base_image"
}

# The engine answers 200 to a pull that fails half-way: what counts is that the image is there afterwards.
pull_base_image() {
    engine_api POST "/images/create?fromImage=${base_image%:*}&tag=${base_image#*:}" --max-time 60 >/dev/null 2>&1 || true
    engine_has_image "$base_image"
}

# make_base_image NAME:TAG: a minimal bookworm in a temporary folder, imported into the engine.
make_base_image() (
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    debootstrap --variant=minbase --include=ca-certificates --keyring="$debian_keyring" \
        bookworm "$root/image" "$(bookworm_mirror)" >"$root/debootstrap.log" 2>&1 ||
        fail "debootstrap failed" "its last lines:" "$(tail -n 15 "$root/debootstrap.log")"
    write_apt_settings "$root/image/etc"
    write_container_settings "$root/image"
    tar --create --directory "$root/image" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' \
        --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/man/*' \
        --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*' . |
        engine_api POST "/images/create?fromSrc=-&repo=${1%:*}&tag=${1#*:}" --max-time 120 \
            --header 'Content-Type: application/x-tar' --header 'Expect:' --upload-file - >/dev/null
    engine_has_image "$1" || fail "the engine did not take the image $1"
)

# This machine's own sources of bookworm, one "URI suite component" per line; none on another release.
bookworm_sources() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        grep -E ' bookworm(-updates|-security)? (main|contrib|non-free|non-free-firmware)$' || true
}

bookworm_mirror() {
    local mirror
    mirror=$(bookworm_sources | awk '$2 == "bookworm" { print $1; exit }')
    printf '%s' "${mirror:-http://deb.debian.org/debian}"
}

# apt in the image asks where this machine's apt asks, through the same proxy.
write_apt_settings() {
    { bookworm_sources | grep . || printf 'http://deb.debian.org/debian bookworm main\n'; } |
        sed 's/^/deb /' >"$1/apt/sources.list"
    {
        apt-config dump | grep -E '^Acquire::(https?::([^ ]*::)?Proxy|ForceIPv4|ForceIPv6|Check-Date|Check-Valid-Until) ' || true
        printf 'Acquire::Languages "none";\n'
    } >"$1/apt/apt.conf.d/90image"
}

# As in the published image: packages start no service while they are installed, and bring no manuals.
write_container_settings() {
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    printf '%s\n' force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/image-speed"
    {
        printf 'path-exclude /usr/share/%s/*\n' doc man locale info
        printf 'path-include /usr/share/doc/*/copyright\n'
    } >"$1/etc/dpkg/dpkg.cfg.d/image-size"
    find "$1/usr/share/doc" -type f ! -name copyright -delete
    rm -f "$1/etc/resolv.conf" "$1/etc/hostname"
}
