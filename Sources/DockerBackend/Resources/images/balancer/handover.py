"""The planned change of primary as agent and nodes agree on it, through files of the control volume.

`handover` asks the primary to step down; `stepped.ID` says that it has, and where its log ends; the record then names
the new one. All three change under the lock of the record only, so that one side always knows what the other will do.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from bell import ring

MARGIN = 1.0  # seconds before the deadline from which on the record is not changed any more


@dataclass(frozen=True)
class Offer:
    """One line `TERM FROM TO DEADLINE`; the deadline in whole seconds of the system's clock."""

    term: int
    source: int
    target: int
    deadline: int

    @property
    def line(self):
        return f"{self.term} {self.source} {self.target} {self.deadline}\n"

    def left(self):
        """Seconds in which the record may still be changed."""
        return self.deadline - MARGIN - time.time()


class HandoverError(Exception):
    """The record or the handover is not what it was when the operation began."""


def lsn_of(text):
    """A position in bytes from its form `X/Y`."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


class Handover:
    def __init__(self, directory, record_file):
        self.directory, self.record_file = Path(directory), record_file
        self.path = self.directory / "handover"

    def offer(self, record, target, seconds):
        """Asks the recorded primary to step down within `seconds`."""
        made = Offer(record.term, record.primary, target, int(time.time() + seconds))
        with self.record_file.locked():
            if self.record_file.read() != record:
                raise HandoverError("the record changed before the handover began")
            self._stepped_path(record.primary).unlink(missing_ok=True)
            temporary = self.directory / ".handover"
            temporary.write_text(made.line)
            temporary.rename(self.path)
        ring(self.directory, [made.source])
        return made

    def stepped(self, offer):
        """Where the log of the old primary ends, in bytes, once it has stepped down; None before."""
        try:
            term, lsn = self._stepped_path(offer.source).read_text().split()
            return lsn_of(lsn) if int(term) == offer.term else None
        except (OSError, ValueError):
            return None

    def take(self, offer):
        """Names the target in the record. HandoverError when the old primary may be on its way back."""
        with self.record_file.locked():
            record = self.record_file.read()
            if record is None or (record.term, record.primary) != (offer.term, offer.source):
                raise HandoverError(f"the record changed meanwhile to {record}")
            if self._read() != offer.line or offer.left() < 0:
                raise HandoverError("the handover's deadline is too near")
            written = self.record_file.write(record, offer.target)
            self.path.unlink(missing_ok=True)
            self._stepped_path(offer.source).unlink(missing_ok=True)
        ring(self.directory)
        return written

    def withdraw(self, offer):
        """Takes the offer back: the old primary starts again as primary."""
        with self.record_file.locked():
            if self._read() == offer.line:
                self.path.unlink(missing_ok=True)
        ring(self.directory, [offer.source])

    def ring(self, id):
        """Rings once more at a node that may have been busy when it was rung for before."""
        ring(self.directory, [id])

    def clear_stale(self):
        """Removes a handover of another term or past its deadline, which an agent that died may have left."""
        if not self.path.exists():
            return
        try:
            with self.record_file.locked(0.2):
                record, fields = self.record_file.read(), (self._read() or "").split()
                current = record and len(fields) == 4 and fields[:2] == [str(record.term), str(record.primary)]
                if fields and not (current and fields[3].isdigit() and int(fields[3]) > time.time()):
                    self.path.unlink(missing_ok=True)
        except OSError:
            pass  # the lock is taken: somebody is at it

    def _read(self):
        try:
            return self.path.read_text()
        except OSError:
            return None

    def _stepped_path(self, id):
        return self.directory / f"stepped.{id}"
