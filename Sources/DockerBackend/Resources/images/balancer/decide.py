"""What has to be done so that pgpool sees the cluster as it is. Pure: a snapshot in, actions with their causes out."""

from dataclasses import dataclass

IN_POOL = ("up", "waiting")


@dataclass(frozen=True)
class Snapshot:
    nodes: dict  # id -> config.Node, from the nodes file
    record: object  # record.Record, or None when there is none
    samples: dict  # id -> nodes.Sample, of the nodes that answer
    pool: dict  # id -> pcp.PoolNode, as pgpool sees them
    included: frozenset  # ids that are in pgpool.conf
    detached: frozenset  # ids that an administrator took out
    stale: frozenset = frozenset()  # ids of replicas that have not followed the primary for long

    fenced: frozenset = frozenset()  # addresses that are cut off

    @property
    def primary_sample(self):
        return self.samples.get(self.record.primary) if self.record else None


@dataclass(frozen=True)
class Action:
    kind: str  # include, attach, detach or name_primary
    id: int
    why: str


def unfit(snapshot, id):
    """Why node `id` must not serve clients now; None when it may."""
    if snapshot.record is None:
        return "there is no record of a primary"
    sample, primary = snapshot.samples.get(id), snapshot.primary_sample
    if sample is None and id in snapshot.nodes and snapshot.nodes[id].address in snapshot.fenced:
        return "it was silent and is cut off until it streams from the primary"
    if sample is None:
        return "it does not answer"
    if id == snapshot.record.primary:
        return None if sample.writable else "the record names it as primary, but it takes no writes"
    if not sample.recovery:
        return "it runs as a primary that the record does not name"
    if primary is None or not primary.writable:
        return "there is no primary to compare it with"
    state = primary.senders.get(f"pgbc_{id}")
    if state != "streaming":
        return f"it is not streaming from the primary (state {state or 'not connected'})"
    if sample.timeline != primary.timeline:
        return f"it is on timeline {sample.timeline}, the primary on {primary.timeline}"
    return None


def serves(snapshot, id):
    """True when pgpool uses the node, as far as it should: one that an administrator took out counts as served."""
    seen = snapshot.pool.get(id)
    return is_away(snapshot, id) or unfit(snapshot, id) is None and seen is not None and seen.status in IN_POOL


def is_away(snapshot, id):
    """True when an administrator took the node out. Without the primary the balancer has no writes, so it never is."""
    return id in snapshot.detached and not (snapshot.record and id == snapshot.record.primary)


def decide(snapshot):
    if snapshot.record is None:
        return []
    return additions(snapshot) + removals(snapshot) + primary_correction(snapshot)


def additions(snapshot):
    actions = []
    # The primary first: with it back, pgpool searches for no other.
    for id in sorted(snapshot.nodes, key=lambda id: (id != snapshot.record.primary, id)):
        if is_away(snapshot, id) or unfit(snapshot, id) is not None:
            continue
        role = "the recorded primary" if id == snapshot.record.primary else "a streaming replica"
        if id not in snapshot.included:
            actions.append(Action("include", id, f"it is {role} that pgpool does not know"))
        elif id in snapshot.pool and snapshot.pool[id].status == "down":
            actions.append(Action("attach", id, f"it is {role} again"))
    return actions


def removals(snapshot):
    actions = []
    for id, seen in sorted(snapshot.pool.items()):
        if seen.status not in IN_POOL or id == snapshot.record.primary:
            continue
        sample = snapshot.samples.get(id)
        if id not in snapshot.nodes:
            actions.append(Action("detach", id, "it was removed from the cluster"))
        elif id in snapshot.detached:
            actions.append(Action("detach", id, "an administrator detached it"))
        elif sample and not sample.recovery:
            actions.append(Action("detach", id, "it runs as a primary that the record does not name"))
        elif sample is None and seen.role == "primary" and snapshot.primary_sample:
            actions.append(Action("detach", id, "it was the primary, and another node is now"))
        elif id in snapshot.stale:
            actions.append(Action("detach", id, "it has not followed the primary for long, so that its reads grow old"))
    return actions


def primary_correction(snapshot):
    """One action when pgpool takes another node, or none, for the primary."""
    id = snapshot.record.primary
    seen, sample = snapshot.pool.get(id), snapshot.samples.get(id)
    if seen is None or seen.status not in IN_POOL or seen.role == "primary" or not (sample and sample.writable):
        return []
    return [Action("name_primary", id, "pgpool takes another node for the primary")]
