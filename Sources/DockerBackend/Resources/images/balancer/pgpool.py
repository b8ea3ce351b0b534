"""The pgpool process: its files, its start and stop, and its log."""

import os
import pwd
import signal
import subprocess
import threading
from pathlib import Path

from journal import log

RUN = Path("/run/pgpool")
CONF = Path("/etc/pgbc/pgpool.conf")
PCP_CONF = Path("/etc/pgbc/pcp.conf")
STATUS = RUN / "pgpool_status"
USER = "postgres"

STOP_BOUND = 8.0
KILL_BOUND = 2.0

# What pgpool logs for every look at its state, and for every client because passwords are not kept on the balancer.
NOISE = (b"status_changed_time", b"forked new pcp worker", b"PCP process with pid",
         b"unable to get password, password file", b"using clear text authentication with frontend",
         b"backend will still use SCRAM auth",
         b"you can disable this behavior by setting allow_clear_text", b"pool_reuse_block: blockid",
         b"while searching system catalog, When relcache is missed")


def write_private(path, text):
    """A file for pgpool's user only, replaced as a whole."""
    owner = pwd.getpwnam(USER)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchown(descriptor, owner.pw_uid, owner.pw_gid)
        file.write(text)
    os.rename(temporary, path)


class Pgpool:
    def __init__(self):
        self.process = None
        self.starts = 0

    def start(self, conf, pcp_conf):
        owner = pwd.getpwnam(USER)
        RUN.mkdir(parents=True, exist_ok=True)
        os.chown(RUN, owner.pw_uid, owner.pw_gid)
        RUN.chmod(0o750)
        for stale in RUN.iterdir():
            stale.unlink()
        write_private(CONF, conf)
        write_private(PCP_CONF, pcp_conf)
        self.process = subprocess.Popen(
            ["/usr/sbin/pgpool", "-n", "-D", "-f", str(CONF), "-F", str(PCP_CONF)],
            user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            cwd=str(RUN), start_new_session=True)
        self.starts += 1
        threading.Thread(target=forward, args=(self.process.stderr,), name="pgpool-log", daemon=True).start()

    def reload(self, conf):
        write_private(CONF, conf)
        if self.running():
            self.process.send_signal(signal.SIGHUP)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def status_stamp(self):
        """Changes whenever pgpool writes down a changed state of a backend."""
        try:
            return STATUS.stat().st_mtime_ns
        except OSError:
            return 0

    def stop(self, bound=None):
        """Fast stop: clients are cut off, and what does not end within `bound` seconds is killed with its children."""
        if not self.running():
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(bound or STOP_BOUND)
        except subprocess.TimeoutExpired:
            log(f"pgpool did not stop within {bound or STOP_BOUND:g} s and is killed")
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(KILL_BOUND)


def forward(stream):
    """Passes pgpool's log on, without the noise."""
    for line in stream:
        if not any(part in line for part in NOISE):
            os.write(2, line)
