# The default balancer: pgpool-II, supervised by a small agent that is PID 1, with PgBouncer at hand for `hold`.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
ENV LANG=C.UTF-8
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; \
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale perl > /etc/dpkg/dpkg.cfg.d/pgbc; \
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; \
    chmod +x /usr/sbin/policy-rc.d; \
    apt-get update; \
    apt-get install -y --no-install-recommends pgpool2 pgbouncer python3-psycopg2 iproute2; \
    apt-get clean; \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/*.log /var/log/apt \
        /etc/pgpool2 /usr/sbin/policy-rc.d
COPY failover.sh login.sh probe.sql *.py /usr/lib/pgbc/
RUN python3 -m compileall -q /usr/lib/pgbc /usr/lib/python3/dist-packages/psycopg2
LABEL org.opencontainers.image.title="Balancer of a pgbc cluster" \
      org.opencontainers.image.version="4.3"
EXPOSE 9999 9898 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/python3", "-E", "-s", "/usr/lib/pgbc/agent.py"]
