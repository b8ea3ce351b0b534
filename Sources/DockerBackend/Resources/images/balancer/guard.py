"""What time tells and a single look does not: a primary lost for too long, replicas that no longer follow, fences."""

import time

import knock
from bell import is_heard
from decide import unfit
from journal import log

GRACE = 6.0  # seconds without a primary after which a failover starts that pgpool did not ask for
GONE_GRACE = 4.0  # the same while the primary's container does not run; after a restart of the engine it soon does
LONE_GRACE = 1.0  # the same when the engine was not restarted: this agent has seen it, or the replicas have run for SETTLED seconds
SETTLED = 20.0
STARTING_GRACE = 30.0  # the same while the primary says that it is starting: it may be replaying its log
STALE = 10.0  # seconds for which a replica may stay in the pool without following the primary
SILENT = 2.0  # seconds without an answer after which a replica is cut off
RETURNING = 20.0
KNOCK_BOUND = 0.2


class Guard:
    def __init__(self, fleet, failover, fence):
        self.fleet, self.failover, self.fence = fleet, failover, fence
        self.lost_since = None
        self.tried = None  # the record for which a lost primary has been looked at already
        self.lagging = {}  # id -> since when it answers without following a writable primary
        self.stale = frozenset()

    def watch_over_primary(self, record):
        """Starts the failover that pgpool has not asked for.

        pgpool notices a lost primary at once while clients work, else after seconds; it asks once per loss, and before
        it runs, never.
        """
        now, samples, watch = time.monotonic(), self.fleet.samples(), self.fleet.watch(record.primary)
        primary = samples.get(record.primary)
        replicas = [id for id in samples if id != record.primary]
        if watch and watch.lost() and replicas and self.tried != record:
            self.tried = record
            self.failover.run(f"node {record.primary} ended its connections and takes no new ones")
        elif (primary and primary.leads) or not replicas:
            self.lost_since = self.tried = None
        elif self.lost_since is None:
            self.lost_since = now
        elif now - self.lost_since > self.grace(record.primary, replicas):
            seconds, self.lost_since = now - self.lost_since, None
            self.failover.run(f"node {record.primary} has not taken writes for {seconds:.1f} s")

    def grace(self, id, replicas):
        node = self.fleet.nodes.get(id)
        if node and knock.knock(node.address, node.port, KNOCK_BOUND) == knock.STARTING:
            return STARTING_GRACE
        if is_heard(self.fleet.directory, id):
            return GRACE
        watch, samples = self.fleet.watch(id), self.fleet.samples()
        settled = all(one in samples and samples[one].uptime > SETTLED for one in replicas)
        return LONE_GRACE if settled or watch and watch.sample else GONE_GRACE

    def is_returning(self, id):
        """True for a while after a replica has begun to answer without following the primary yet."""
        return time.monotonic() - self.lagging.get(id, -RETURNING) < RETURNING

    def note_stale(self, snapshot):
        """Keeps in `stale` the replicas that answer, but have not followed a writable primary for STALE seconds."""
        now, primary = time.monotonic(), snapshot.primary_sample
        lagging = {id for id, sample in snapshot.samples.items()
                   if primary and primary.writable and sample.recovery and unfit(snapshot, id)}
        self.lagging = {id: self.lagging.get(id, now) for id in lagging}
        self.stale = frozenset(id for id, since in self.lagging.items() if now - since > STALE)

    def raise_fences(self, snapshot):
        """Cuts off replicas that have been silent for long; the primary is left to a failover, if one is possible.

        Not those that an administrator took out: pgpool does not use them, and they are being worked on. Nor those of
        which the primary hears: they live, and only the agent's own question was too slow.
        """
        if not (self.fence.available and snapshot.primary_sample and snapshot.primary_sample.writable):
            return
        for watch in self.fleet.watches():
            node = watch.node
            if node.id == snapshot.record.primary or node.id in snapshot.detached or self.fence.holds(node.address):
                continue
            if snapshot.primary_sample.hears(node.application):
                continue
            if watch.hangs and watch.failing_for() > SILENT:
                problem = self.fence.raise_against(node.address)
                log(f"fence: node {node.id} at {node.address} has been silent for {SILENT:g} s: {problem or 'cut off'}")

    def lift_fences(self, snapshot):
        """A node that was cut off is let in once the primary hears of it as a replica, or when nothing else is left."""
        primary = snapshot.primary_sample
        for address in list(self.fence.addresses):
            ids = [id for id, node in snapshot.nodes.items() if node.address == address]
            back = primary and any(primary.hears(f"pgbc_{id}") for id in ids)
            if back or not ids or snapshot.record.primary in ids or not snapshot.samples:
                self.fence.lift(address)
                self.fleet.wake()
