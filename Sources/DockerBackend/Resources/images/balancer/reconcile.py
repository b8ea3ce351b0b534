"""Twice a second: makes pgpool see the cluster as it is, and looks after what no failover command will ever ask for."""

import threading
import time

import config
from decide import Snapshot, decide, unfit
from guard import Guard
from journal import log
from nodes import fresh_samples
from pcp import PCP, PCPError
from settings import load as load_settings

INTERVAL = 0.5
HASTE = 0.1  # seconds to the next round after something was done
QUIET_LOOK = 5.0  # seconds between looks at pgpool's state while all is well
REPEAT = 3.0  # seconds before an action is sent again
CONFIRM_BOUND = 0.5
PATIENCE = 2.0  # seconds that pgpool may take another node for the primary
TRIES = 2  # times that pgpool may be told about the primary before it counts as stuck


class Reconciler:
    def __init__(self, settings, fleet, record_file, failover, fence, pgpool):
        self.settings, self.fleet, self.record_file = settings, fleet, record_file
        self.failover, self.fence, self.pgpool = failover, fence, pgpool
        self.guard = Guard(fleet, failover, fence)
        self.included = {}
        self.stamp = None
        self.sent = {}  # (kind, id) -> when
        self.tries = {}  # (kind, id) -> how often in a row
        self.mistaken_since = None
        self.mistaken_at = 0.0
        self.lock = threading.RLock()

    # Configuration

    def rendered(self):
        retired = {id: node for id, node in self.included.items() if id not in self.fleet.nodes}
        present = {id: node for id, node in self.fleet.nodes.items() if id in self.included}
        return config.render(self.settings.parameters, present, retired, self.settings.secret("monitor"),
                             self.fence.available)

    def include(self, ids):
        with self.lock:
            self.included.update({id: self.fleet.nodes[id] for id in ids})

    def reload(self):
        self.pgpool.reload(self.rendered())

    def reload_parameters(self):
        """Takes over what balancer.json says now, as far as pgpool can without a restart."""
        with self.lock:
            self.settings = load_settings()
            self.reload()

    def restart(self, why, stop_bound=None):
        with self.lock:
            log(f"pgpool is restarted: {why}")
            self.pgpool.stop(stop_bound)
            snapshot = self.snapshot()
            self.included, self.sent, self.tries = {}, {}, {}
            self.include([id for id in snapshot.nodes
                          if snapshot.record and id == snapshot.record.primary
                          or id not in snapshot.detached and unfit(snapshot, id) is None])
            self.pgpool.start(self.rendered(), config.pcp_conf(self.settings.secret("pcp")))

    def nodes_changed(self):
        log("nodes: " + ", ".join(f"{node.id} {node.host} {node.address}:{node.port} weight {node.weight:g}"
                                  for node in self.fleet.nodes.values()))
        if config.needs_restart(self.included, self.fleet.nodes):
            # Debian's pgpool cannot change the address of a backend that it knows.
            self.restart("a node has another address or port than before")
            return
        for id in set(self.included) & set(self.fleet.nodes):
            self.included[id] = self.fleet.nodes[id]
        self.reload()

    # One round

    def round(self):
        """True when something was done, so that the next round should follow soon."""
        with self.lock:
            if self.fleet.reread():
                self.nodes_changed()
            record = self.record_file.read()
            if record is None or self.failover.lock.locked():
                return False
            self.guard.watch_over_primary(record)
            snapshot = self.snapshot()
            if snapshot.record is None:
                return False
            self.guard.note_stale(snapshot)
            if self.look_is_due(snapshot):
                self.fleet.look_at_pool()
                snapshot = self.snapshot()
            wanted = decide(snapshot)
            self.tries = {key: count for key, count in self.tries.items() if key in {(a.kind, a.id) for a in wanted}}
            done = [action for action in wanted if self.perform(action)]
            self.guard.raise_fences(snapshot)
            self.guard.lift_fences(snapshot)
            return bool(done)

    def snapshot(self):
        # Samples before the record: a node is recorded before it is promoted, so that none looks like a false primary.
        samples = self.fleet.samples()
        return Snapshot(self.fleet.nodes, self.record_file.read(), samples, self.fleet.pool, frozenset(self.included),
                        frozenset(self.fleet.detached), self.guard.stale, frozenset(self.fence.addresses))

    def look_is_due(self, snapshot):
        """Each look costs pgpool a process, so that there is one every few seconds while nothing happens."""
        stamp = self.pgpool.status_stamp()
        changed, self.stamp = stamp != self.stamp, stamp
        age = time.monotonic() - self.fleet.pool_at
        return changed or age > QUIET_LOOK or bool(decide(snapshot))

    def perform(self, action):
        """Carries an action out unless it was sent a moment ago; True when it was sent now."""
        now = time.monotonic()
        if action.kind == "name_primary" and not self.mistaken_long_enough(now):
            return False
        if now - self.sent.get((action.kind, action.id), -REPEAT) < REPEAT:
            return False
        if not self.confirmed(action):
            return False
        self.sent[action.kind, action.id] = now
        self.tries[action.kind, action.id] = self.tries.get((action.kind, action.id), 0) + 1
        log(f"{action.kind} node {action.id}: {action.why}")
        try:
            self.carry_out(action)
            return True
        except (PCPError, OSError) as error:
            log(f"{action.kind} node {action.id}: {error}; tried again in {REPEAT:g} s")
            return False

    def confirmed(self, action):
        """Asks the node and the primary once more: what was known may be from before the node went down."""
        record = self.record_file.read()
        watches = [self.fleet.watch(id) for id in {action.id, record.primary if record else action.id}]
        fresh_samples([watch for watch in watches if watch], CONFIRM_BOUND)
        return action in decide(self.snapshot())

    def mistaken_long_enough(self, now):
        if self.mistaken_since is None or now - self.mistaken_at > PATIENCE:
            self.mistaken_since = now
        self.mistaken_at = now
        return now - self.mistaken_since >= PATIENCE

    def carry_out(self, action):
        if action.kind == "include":
            self.include([action.id])
            self.reload()
            return
        if self.tries[action.kind, action.id] > TRIES and action.id == self.record_file.read().primary:
            self.restart(f"it was told {TRIES} times ({action.kind} node {action.id}) and did nothing", stop_bound=1.0)
            return
        with PCP(self.settings.secret("pcp")) as pcp:
            {"attach": pcp.attach, "detach": pcp.detach, "name_primary": pcp.name_primary}[action.kind](action.id)
