# A PostgreSQL node: Debian's server and nothing that starts by itself.
# WITH_JIT=yes keeps the LLVM library (130 MB); without it PostgreSQL runs every query uncompiled.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
ARG PG_MAJOR=15
ARG WITH_JIT=no
ENV LANG=C.UTF-8
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; \
    mkdir -p /etc/postgresql-common; \
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf; \
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale > /etc/dpkg/dpkg.cfg.d/pgbc; \
    apt-get update; \
    apt-get install -y --no-install-recommends "postgresql-${PG_MAJOR}"; \
    if [ "${WITH_JIT}" != yes ]; then \
        rm -rf "/usr/lib/postgresql/${PG_MAJOR}"/lib/llvmjit* "/usr/lib/postgresql/${PG_MAJOR}/lib/bitcode" \
            /usr/lib/*-linux-gnu/libLLVM-*; \
    fi; \
    apt-get clean; \
    rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt /var/lib/postgresql/*; \
    chown postgres:postgres /var/lib/postgresql
# What initdb makes, and testdb, for a fresh cluster to begin from; it gets an identity and WAL of its own then. Unpacking one archive
# takes half as long as copying as many files.
RUN set -eu; \
    template=/usr/share/pgbc/fresh/data.new; \
    install -d -o postgres -g postgres "${template%/*}"; \
    as_postgres="setpriv --reuid=postgres --regid=postgres --init-groups"; \
    $as_postgres "/usr/lib/postgresql/${PG_MAJOR}/bin/initdb" -D "${template}" \
        -U postgres -k -N -E UTF8 --locale=C.UTF-8 --auth-local=peer --auth-host=reject; \
    echo 'CREATE DATABASE testdb' | \
        $as_postgres "/usr/lib/postgresql/${PG_MAJOR}/bin/postgres" --single -F -D "${template}" -c exit_on_error=on postgres; \
    rm -f "${template}"/pg_wal/0*; \
    tar -C "${template%/*}" -cf "${template%/*}/${PG_MAJOR}.tar" data.new; \
    rm -rf "${template}"
LABEL org.opencontainers.image.title="PostgreSQL node of a pgbc cluster" \
      org.opencontainers.image.version="${PG_MAJOR}"
EXPOSE 5432
STOPSIGNAL SIGTERM
