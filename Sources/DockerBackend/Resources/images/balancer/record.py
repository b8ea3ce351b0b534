"""The record of who is primary: the arbiter that the agent and the nodes share through the control volume."""

import contextlib
import errno
import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

from bell import ring

SIZE = 32  # bytes of the spare file; the record in it is filled up with spaces


@dataclass(frozen=True)
class Record:
    term: int
    primary: int


class RecordLockTimeout(TimeoutError):
    """The lock beside the record stayed taken for the whole bound."""


def parse(text):
    """The record in `TERM ID`; None when the text is something else."""
    fields = text.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return None
    return Record(int(fields[0]), int(fields[1]))


class RecordFile:
    """`primary` in the balancer's directory; replaced by rename, changed only under the lock.

    A full disk must not prevent a change of primary, so a file of the record's size is kept ready: what is there already can be overwritten.
    """

    def __init__(self, directory):
        self.path = Path(directory) / "primary"
        self.spare_path = self.path.with_name(".primary.spare")
        self.lock_path = Path(directory) / "lock"

    def read(self):
        try:
            return parse(self.path.read_text())
        except OSError:
            return None

    def is_first_since(self, seconds):
        """True when the record is the one that the seed wrote, within these last seconds."""
        with contextlib.suppress(OSError):
            record = self.read()
            return record is not None and record.term == 1 and abs(time.time() - self.path.stat().st_mtime) < seconds
        return False

    @contextlib.contextmanager
    def locked(self, seconds=5.0):
        """Holds the lock; raises RecordLockTimeout when somebody else keeps it for `seconds`."""
        descriptor = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + seconds
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise RecordLockTimeout(f"{self.lock_path} stayed locked for {seconds:g} s") from None
                    time.sleep(0.005)
            yield
        finally:
            os.close(descriptor)

    def replace(self, expected, primary):
        """Writes the next term naming `primary`, unless the record is no longer `expected`. Answers the record now."""
        with self.locked():
            current = self.read()
            if current != expected:
                return current
            written = self.write(current, primary)
        ring(self.path.parent)
        return written

    def write(self, current, primary):
        """Writes the term after `current`. The caller holds the lock."""
        written = Record(current.term + 1, primary)
        text = f"{written.term} {written.primary}\n".encode("ascii")
        temporary = self.path.with_name(f".primary.{os.getpid()}")
        try:
            write_flushed(temporary, text, os.O_CREAT | os.O_TRUNC)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            temporary.unlink(missing_ok=True)
            temporary = self.spare_path
            write_flushed(temporary, text.ljust(SIZE), 0)
        os.rename(temporary, self.path)
        flush_directory(self.path.parent)
        return written

    def keep_spare(self):
        """Makes the file that takes the record when nothing else can be written; False if that cannot be now."""
        try:
            if not self.spare_path.exists():
                temporary = self.path.with_name(f".spare.{os.getpid()}")
                write_flushed(temporary, b" " * SIZE, os.O_CREAT | os.O_TRUNC)
                os.rename(temporary, self.spare_path)
            return True
        except OSError:
            return False


def write_flushed(path, data, flags):
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags, 0o644)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_directory(path):
    """After a loss of power, a renamed file is the old one unless its directory was flushed too."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
