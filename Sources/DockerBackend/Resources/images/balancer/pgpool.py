"""The pgpool process: its files, its start and stop, and its log."""

import contextlib
import os
import pwd
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from journal import emit, log

RUN = Path("/run/pgpool")
CONF = Path("/etc/pgbc/pgpool.conf")
PCP_CONF = Path("/etc/pgbc/pcp.conf")
STATUS = RUN / "pgpool_status"
USER = "postgres"

STOP_BOUND = 2.0  # a fast stop takes a tenth of that, but in the middle of a failover it waits for the end of that
KILL_BOUND = 2.0
START_BOUND = 5.0
BUSY = 1.1
GOING_BOUND = 0.5  # seconds for children that were told to end; a busy machine may take that long to let them

# What pgpool logs for every look at its state, and for every client because passwords are not kept on the balancer.
NOISE = (b"status_changed_time", b"forked new pcp worker", b"PCP process with pid",
         b"unable to get password, password file", b"using clear text authentication with frontend",
         b"backend will still use SCRAM auth",
         b"you can disable this behavior by setting allow_clear_text", b"pool_reuse_block: blockid",
         b"while searching system catalog, When relcache is missed")

# It prints this, at any log level, when a failover or an attachment is complete and its children serve clients again.
CARRIED_OUT = (b"failover done.", b"failback done.")

# Before that, where it ends its children and makes others.
RESTARTS_CHILDREN = b"Restart all children"

# Title of those that take connections, and of all that serve no client at this moment.
IDLE_TITLE = b"pgpool: wait for connection"
OTHER_TITLES = (IDLE_TITLE, b"pgpool: health check", b"pgpool: PCP", b"pgpool: worker",
                b"pgpool: accept connection", b"pgpool: watchdog", b"pgpool: heartbeat")


def title_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb", buffering=0) as file:
            return file.read(64)
    except OSError:
        return b""


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def catches(pid, number):
    """Whether a process has a handler of its own for a signal."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    masks = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(masks) and bool(int(masks[0], 16) >> (number - 1) & 1)


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


def idle_children():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and title_of(entry).startswith(IDLE_TITLE)]


@dataclass(frozen=True)
class Mark:
    """What pgpool had done, and which children waited for connections, before a change."""
    changes: int
    restarts: int
    idle: tuple


class Pgpool:
    def __init__(self):
        self.process = None
        self.starts = 0
        self.changed = threading.Condition()
        self.changes = 0  # of its backends that it has carried out
        self.restarts = self.settled = 0  # of all its children because of such a change, and of those that are complete
        self.changed_at = 0.0

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
        threading.Thread(target=self._forward, args=(self.process.stderr,), name="pgpool-log", daemon=True).start()

    def reload(self, conf):
        write_private(CONF, conf)
        if self.running() and self._takes_reloads():
            self.process.send_signal(signal.SIGHUP)

    def _takes_reloads(self):
        """Waits until it has a handler for SIGHUP, which would end it while it starts. False if it never gets one."""
        deadline = time.monotonic() + START_BOUND
        while self.running() and time.monotonic() < deadline:
            if catches(self.process.pid, signal.SIGHUP):
                return True
            time.sleep(0.005)
        log(f"pgpool was not told to read its configuration again: it did not start within {START_BOUND:g} s")
        return False

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
        signal_all([-self.process.pid], signal.SIGCONT)  # those that `door_shut` keeps waiting cannot end
        try:
            self.process.wait(bound or STOP_BOUND)
        except subprocess.TimeoutExpired:
            log(f"pgpool did not stop within {bound or STOP_BOUND:g} s and is killed")
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(KILL_BOUND)

    def clients(self):
        """Sessions of clients now, by the titles of pgpool's processes: asking pgpool would cost it one more."""
        titles = (title_of(entry) for entry in os.listdir("/proc") if entry.isdigit())
        return sum(1 for title in titles if title.startswith(b"pgpool: ") and not title.startswith(OTHER_TITLES))

    @contextlib.contextmanager
    def door_shut(self):
        """New connections wait, unanswered, for what is done inside; sessions go on.

        A child that takes a connection while a backend changes refuses it and ends, and for a second after the change
        pgpool makes no new children: clients that try again would use up all of them, and then wait for that second.
        """
        idle = idle_children()
        signal_all(idle, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_all(idle, signal.SIGCONT)

    def is_busy(self):
        """True for the second after a change in which it restarts its own processes and carries out no other one."""
        return time.monotonic() - self.changed_at < BUSY

    def mark(self):
        with self.changed:
            return Mark(self.changes, self.settled, tuple(idle_children()))

    def settle(self, mark, seconds):
        """Waits until it has carried out a change of its backends since `mark`; False after `seconds`."""
        with self.changed:
            return self.changed.wait_for(lambda: self.changes > mark.changes, seconds)

    def see_off(self, mark):
        """Waits until no child is left that was told to end since `mark` and has not got round to it: it would still
        take a client's connection, and close it."""
        if self.restarts == mark.restarts:
            return
        deadline = time.monotonic() + GOING_BOUND
        while any(title_of(pid).startswith(IDLE_TITLE) for pid in mark.idle):
            if time.monotonic() > deadline:
                log(f"pgpool: children that were told to end are still there after {GOING_BOUND:g} s")
                return
            time.sleep(0.005)

    def _forward(self, stream):
        """Passes its log on, without the noise, and counts the changes that it says it has carried out."""
        for line in stream:
            if RESTARTS_CHILDREN in line:
                self.restarts += 1
            if any(part in line for part in CARRIED_OUT):
                with self.changed:
                    self.changes, self.changed_at, self.settled = self.changes + 1, time.monotonic(), self.restarts
                    self.changed.notify_all()
            if not any(part in line for part in NOISE):
                emit(line)
