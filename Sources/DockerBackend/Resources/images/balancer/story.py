"""The story of one change of primary, for the log, for the one who asked, and for the history."""

import json
import os
import threading
import time
from dataclasses import dataclass, field

from journal import log

KEPT = 200


@dataclass
class Story:
    """One change of primary as it went; times in seconds from its beginning."""

    at: str
    failed: int
    cause: str
    kind: str = "failover"
    chosen: int | None = None
    why: str = ""
    outcome: str = "running"
    phases: list = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    seen: float | None = None  # when the lost primary last answered, on the monotonic clock
    landed: str | None = None  # what went wrong with the first write
    grown: threading.Condition = field(default_factory=threading.Condition)

    def phase(self, name, text):
        after = round(time.monotonic() - self.began, 3)
        with self.grown:
            self.phases.append({"phase": name, "after": after, "text": text})
            self.grown.notify_all()
        log(f"{self.kind}: {name} at {after:.3f} s: {text}")

    def recall(self, name, ago, text):
        """A phase that is known only now and was `ago` seconds before."""
        after = round(time.monotonic() - self.began - ago, 3)
        with self.grown:
            self.phases.append({"phase": name, "after": after, "text": text})
            self.phases.sort(key=lambda one: one["after"])

    def repeats(self, before):
        """True when it ended without a new primary, as the story before it did."""
        return (before.failed, before.chosen, before.outcome) == (self.failed, None, self.outcome)

    def wait_for(self, name, seconds):
        """True once it has this phase."""
        with self.grown:
            return self.grown.wait_for(lambda: any(one["phase"] == name for one in self.phases), seconds)

    def seconds(self):
        return round(time.monotonic() - self.began, 3)

    def end(self, outcome):
        self.outcome = outcome
        self.phase("ended", outcome)
        return outcome

    def document(self):
        """For pgBalancer's kind of route, which tells failovers only."""
        return {"at": self.at, "failed_node": self.failed, "cause": self.cause, "new_primary": self.chosen,
                "why": self.why, "outcome": self.outcome,
                "phases": {one["phase"]: one["after"] for one in self.phases}}

    def entry(self):
        """For the history."""
        return {"at": self.at, "kind": self.kind, "from": self.failed, "to": self.chosen, "why": self.why,
                "cause": self.cause, "phases": self.phases, "outcome": self.outcome}


class History:
    """The stories that have ended, on the control volume, one JSON object a line; the last KEPT of them."""

    def __init__(self, directory):
        self.path = directory / "history"
        self.lock = threading.Lock()

    def read(self):
        try:
            lines = self.path.read_text().splitlines()
        except OSError:
            return []
        return [entry for entry in map(parsed, lines) if entry]

    def put(self, story):
        """Adds a story, or replaces what was known of it before."""
        entry = story.entry()
        temporary = self.path.with_name(f".history.{os.getpid()}")
        with self.lock:
            others = [one for one in self.read() if (one.get("at"), one.get("kind")) != (entry["at"], entry["kind"])]
            try:
                temporary.write_text("".join(json.dumps(one) + "\n" for one in [*others, entry][-KEPT:]))
                temporary.rename(self.path)
            except OSError as error:
                log(f"history: {error}")


def parsed(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
