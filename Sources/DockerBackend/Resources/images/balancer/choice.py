"""Which replica takes over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    id: int
    timeline: int
    lsn: int
    detached: bool = False
    name: str = ""  # for people, who do not know the number


def choose(candidates):
    """The candidate that holds most of the history: highest timeline, then LSN; then attached, then lowest id."""
    return max(candidates, key=lambda one: (one.timeline, one.lsn, not one.detached, -one.id), default=None)


def reason(chosen, candidates):
    others = [one for one in candidates if one.id != chosen.id]
    if not others:
        return "the only replica that answers"
    listed = ", ".join(f"{one.name or one.id}: {one.lsn - chosen.lsn:+d} bytes on timeline {one.timeline}" for one in others)
    return f"most advanced at timeline {chosen.timeline}; others {listed}"


def doubt(promise, lowered, chosen, silent, last):
    """Why a write that a client was told of may be lost with this choice, or None.

    With `sync` N each such write is on N replicas, so that it takes N silent ones to lose it. A primary that had too
    few and went on all the same (`lowered`) promised nothing for those that were not there.
    """
    if promise.sync == 0:
        return None
    if lowered and (last is None or last.senders.get(f"pgbc_{chosen.id}") != "streaming"):
        return (f"the primary went on with fewer than {promise.sync} replicas, and node {chosen.id} was not among "
                "those that followed it: waiting for the primary")
    doubtful = uncovered(chosen, silent, last)
    if len(doubtful) < (1 if lowered else promise.sync):
        return None
    return (f"nodes {doubtful} do not answer and may alone hold writes that were acknowledged "
            f"(sync {promise.sync}): waiting for them")


def uncovered(chosen, silent, last):
    """The silent replicas that may hold a write which the chosen one lacks.

    `last` is what the lost primary said last: a replica that did not stream from it then holds nothing that the chosen
    one, being at least as far as the primary was, does not hold.
    """
    if last is None or chosen.lsn < last.lsn or chosen.timeline < last.timeline:
        return list(silent)
    return [id for id in silent if last.senders.get(f"pgbc_{id}") == "streaming"]
