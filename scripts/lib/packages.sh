# shellcheck shell=bash
# Sourced: what the build and the scripts need from the system, and how it gets there. Needs steps.sh.

# What building pgbc and using a cluster needs, by Debian package name.
build_packages=(ca-certificates curl pkg-config liblua5.4-dev libpq-dev libedit-dev postgresql-client python3)

have() { command -v "$1" >/dev/null 2>&1; }

# A package counts as present by what it brings, so that a build from source or another distribution's package is as good.
is_present() {
    case $1 in
        ca-certificates) [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/ssl/cert.pem ] ;;
        debian-archive-keyring) [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ;;
        docker.io) have dockerd ;;
        liblua5.4-dev) pkg-config --exists lua5.4 2>/dev/null || pkg-config --exists lua-5.4 2>/dev/null ;;
        libedit-dev) pkg-config --exists libedit 2>/dev/null ;;
        libpq-dev) pkg-config --exists libpq 2>/dev/null ;;
        pgpool2) have pgpool ;;
        postgresql-15) [ -x /usr/lib/postgresql/15/bin/initdb ] ;;
        postgresql-client) have psql ;;
        *) have "$1" ;;
    esac
}

# ensure_packages [PACKAGE]...: installs what is missing and nothing else; without arguments, what the build needs.
ensure_packages() {
    local package missing=()
    [ $# -gt 0 ] || set -- "${build_packages[@]}"
    for package in "$@"; do
        is_present "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "nothing to install"
    elif have apt-get && is_root; then
        apt_install "${missing[@]}"
    else
        explain_packages "${missing[@]}"
    fi
}

# Services of new packages are not started: the engine is started by ensure_engine, and nothing else is wanted as a service.
apt_install() (
    policy=/usr/sbin/policy-rc.d
    say "installing $*"
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=120 update </dev/null || warn "apt-get update failed; trying with the lists that are here"
    apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" </dev/null >"$install_log" 2>&1 ||
        fail "apt-get could not install $*" "its last lines:" "$(tail -n 15 "$install_log")"
)
install_log=/var/log/pgbc-apt-install.log

explain_packages() {
    if have apt-get; then
        fail "these packages are missing: $*" "run: sudo apt-get install $*" "then run ${0##*/} again"
    elif have brew; then
        fail "missing (Debian's names): $*" "run: brew install lua@5.4 libpq libedit pkg-config" \
            "and start Docker Desktop, colima or another engine; then run ${0##*/} again"
    fi
    fail "missing (Debian's names): $*" "install what your system calls these: Lua 5.4, libpq and libedit with their headers," \
        "pkg-config, curl, python3, psql, and a Docker engine; then run ${0##*/} again"
}

ensure_swift() {
    have swift || fail "there is no swift command" "install Swift 6.2 or later (https://www.swift.org/install) and put it on PATH"
}
