"""Which replica takes over, and the story of how it did."""

import time
from dataclasses import dataclass, field

from journal import log


@dataclass(frozen=True)
class Candidate:
    id: int
    timeline: int
    lsn: int
    detached: bool = False


def choose(candidates):
    """The candidate that holds most of the history: highest timeline, then LSN; then attached, then lowest id."""
    return max(candidates, key=lambda one: (one.timeline, one.lsn, not one.detached, -one.id), default=None)


def reason(chosen, candidates):
    others = [one for one in candidates if one.id != chosen.id]
    if not others:
        return "the only replica that answers"
    listed = ", ".join(f"{one.id}: {one.lsn - chosen.lsn:+d} bytes on timeline {one.timeline}" for one in others)
    return f"most advanced at timeline {chosen.timeline}; others {listed}"


@dataclass
class Story:
    """One failover as it went; times in seconds from its beginning."""

    at: str
    failed: int
    cause: str
    chosen: int | None = None
    why: str = ""
    outcome: str = "running"
    phases: dict = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def phase(self, name, text):
        self.phases[name] = round(time.monotonic() - self.began, 3)
        log(f"failover: {name} at {self.phases[name]:.3f} s: {text}")

    def end(self, outcome):
        self.outcome = outcome
        self.phase("ended", outcome)
        return outcome

    def document(self):
        return {"at": self.at, "failed_node": self.failed, "cause": self.cause, "new_primary": self.chosen,
                "why": self.why, "outcome": self.outcome, "phases": self.phases}
