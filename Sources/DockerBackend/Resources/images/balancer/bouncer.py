"""PgBouncer in front of pgpool, for balancers with `hold`: its files, its start and stop, and its log."""

import os
import pwd
import signal
import subprocess
import threading
import time
from pathlib import Path

import config
from journal import emit, log
from pgpool import write_private

RUN = Path("/run/pgbouncer")
CONF = Path("/etc/pgbc/pgbouncer.ini")
PAM = Path("/etc/pam.d/pgbouncer")
SOCKET = RUN / ".s.PGSQL.9999"
USER = "postgres"
STOP_BOUND = 3.0
START_BOUND = 3.0

PAM_SERVICE = """\
auth requisite pam_exec.so quiet expose_authtok /usr/lib/pgbc/login.sh
account required pam_permit.so
"""

# Sessions of pgpool that PgBouncer leaves to the agent's own questions.
RESERVED = 2

# Values a user may override among the balancer's parameters. Times are in seconds.
DEFAULTS = {
    # Clients that may be connected; they wait for one of the pool's sessions when they begin a transaction.
    "max_client_conn": "2000",
    # Sessions of pgpool for each pair of user and database; left out, num_init_children less RESERVED.
    "default_pool_size": None,
    "query_wait_timeout": "120",
    "client_idle_timeout": "0",
    "idle_transaction_timeout": "0",
    # Pools of other users and databases get the sessions that one does not need any more.
    "server_idle_timeout": "60",
}

OWNED = {
    "listen_addr": "*",
    "listen_port": "9999",
    "listen_backlog": "1024",
    "unix_socket_dir": str(RUN),
    "auth_type": "pam",
    "pool_mode": "transaction",
    # A refused login of pgpool, as during a failover, must not keep clients waiting for longer than it lasts.
    "server_login_retry": "0.1",
    "server_check_delay": "5",
    "ignore_startup_parameters": "extra_float_digits",
    "log_connections": "0",
    "log_disconnections": "0",
    "log_stats": "0",
}


def pool_size(parameters):
    """Sessions of pgpool for one pair of user and database."""
    children = int(parameters.get("num_init_children", config.DEFAULTS["num_init_children"]))
    return str(parameters.get("default_pool_size") or max(1, children - RESERVED))


def render(parameters):
    values = {**DEFAULTS, **{name: value for name, value in parameters.items() if name in DEFAULTS},
              "default_pool_size": pool_size(parameters), **OWNED}
    lines = ["; Rendered by the balancer's agent; changes made here are overwritten.", "[databases]",
             f"* = host=127.0.0.1 port={config.HELD_PORT}", "[pgbouncer]"]
    return "\n".join(lines + [f"{name} = {value}" for name, value in sorted(values.items())]) + "\n"


class Bouncer:
    def __init__(self):
        self.process = None

    def start(self, parameters):
        owner = pwd.getpwnam(USER)
        RUN.mkdir(parents=True, exist_ok=True)
        os.chown(RUN, owner.pw_uid, owner.pw_gid)
        RUN.chmod(0o700)
        for stale in RUN.iterdir():
            stale.unlink()
        PAM.write_text(PAM_SERVICE)
        write_private(CONF, render(parameters))
        self.process = subprocess.Popen(
            ["/usr/sbin/pgbouncer", str(CONF)], user=owner.pw_uid, group=owner.pw_gid, extra_groups=[],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=str(RUN),
            start_new_session=True)
        threading.Thread(target=forward, args=(self.process.stderr,), name="pgbouncer-log", daemon=True).start()

    def running(self):
        return self.process is not None and self.process.poll() is None

    def wait_for_console(self):
        deadline = time.monotonic() + START_BOUND
        while not SOCKET.exists() and self.running() and time.monotonic() < deadline:
            time.sleep(0.01)
        return SOCKET.exists()

    def reload(self, parameters):
        """Takes over changed sizes and timeouts; no client notices."""
        write_private(CONF, render(parameters))
        if self.running():
            self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if not self.running():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_BOUND)
        except subprocess.TimeoutExpired:
            log(f"PgBouncer did not stop within {STOP_BOUND:g} s and is killed")
            self.process.kill()
            self.process.wait(STOP_BOUND)


def forward(stream):
    """Passes PgBouncer's log on, marked as its own."""
    for line in stream:
        emit(b"pgbouncer: " + line)
