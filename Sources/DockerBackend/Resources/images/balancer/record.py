"""The record of who is primary: the arbiter that the agent and the nodes share through the control volume."""

import contextlib
import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

from bell import ring


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
    """`primary` in the balancer's directory; replaced by rename, changed only under the lock."""

    def __init__(self, directory):
        self.path = Path(directory) / "primary"
        self.lock_path = Path(directory) / "lock"

    def read(self):
        try:
            return parse(self.path.read_text())
        except OSError:
            return None

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
        temporary = self.path.with_name(f".primary.{os.getpid()}")
        with open(temporary, "w", encoding="ascii") as file:
            file.write(f"{written.term} {written.primary}\n")
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, self.path)
        return written
