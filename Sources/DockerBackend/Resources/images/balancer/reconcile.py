"""Twice a second: makes pgpool see the cluster as it is, and looks after what no failover command will ever ask for."""

import contextlib
import threading
import time
from dataclasses import replace

import config
import knock
from decide import Snapshot, decide, serves, unfit
from guard import Guard
from handover import Handover
from journal import log
from nodes import fresh_samples
from pcp import PCP, PCPError
from settings import SettingsError, load as load_settings

INTERVAL = 0.5
HASTE = 0.1  # seconds to the next round after something was done
QUIET_LOOK = 5.0  # seconds between looks at pgpool's state while all is well
REPEAT = 3.0  # seconds before an action is sent again
CONFIRM_BOUND = 0.5
PATIENCE = 2.0  # seconds that pgpool may take another node for the primary
RESTART_BOUND = 20.0  # seconds for which clients may be held while pgpool is restarted
START_BOUND = 8.0
CHANGE_BOUND = 5.0  # the same while a node is attached or detached
QUIET_BOUND = 0.5  # seconds that open transactions are waited for before that
QUIET_BOUNDS = (0.5, 1.0, 2.0)  # the same for a replica's return: longer each time, and after the last it returns anyway
PUT_OFF = (1.0, 2.0)  # seconds between these times
SETTLE_BOUND = 1.5
TRIES = 2  # times that pgpool may be told about the primary before it counts as stuck


class Reconciler:
    def __init__(self, settings, fleet, record_file, failover, fence, pgpool, hold, landing):
        self.settings, self.fleet, self.record_file = settings, fleet, record_file
        self.failover, self.fence, self.pgpool, self.hold, self.landing = failover, fence, pgpool, hold, landing
        self.handover = Handover(settings.directory, record_file)
        self.guard = Guard(fleet, failover, fence)
        self.included = {}
        self.stamp = None
        self.sent = {}  # (kind, id) -> when
        self.tries = {}  # (kind, id) -> how often in a row
        self.postponed = {}  # id -> how often its attachment was put off
        self.mistaken_since = None
        self.mistaken_at = 0.0
        self.drained = set()  # ids of nodes that get no new sessions
        self.spared = set()  # ids of nodes that pgpool must not take for lost
        self.lock = threading.RLock()

    # Configuration

    def rendered(self):
        retired = {id: node for id, node in self.included.items() if id not in self.fleet.nodes}
        present = {id: node for id, node in self.fleet.nodes.items() if id in self.included}
        return config.render(self.settings.parameters, present, retired, self.settings.secret("monitor"),
                             self.fence.available, self.settings.hold, self.drained, self.spared)

    def retired_addresses(self):
        """Where nodes were that pgpool still knows and that are no more; unless another one is there now."""
        known = {node.address for id, node in self.included.items() if id not in self.fleet.nodes}
        return known - {node.address for node in self.fleet.nodes.values()}

    def include(self, ids):
        with self.lock:
            self.included.update({id: self.fleet.nodes[id] for id in ids})

    def reload(self):
        self.pgpool.reload(self.rendered())

    def reload_parameters(self):
        """Takes over what pgbc says now; answers the names that changed, and whether pgpool was restarted for them."""
        with self.lock:
            before, self.settings = self.settings, self.reread_settings(self.settings)
            names = config.changed_names(before.parameters, self.settings.parameters)
            late = config.take_a_restart(names)
            if late:
                self.restart(f"{', '.join(late)} changed")
            else:
                self.reload()
            return names, bool(late)

    def reread_settings(self, before):
        """`hold` stays what it was when the container was made, and what was taken of changed secrets is known."""
        return replace(load_settings(), hold=before.hold, taken=before.taken)

    def stale_parameters(self):
        """Names of parameters that pgbc has changed and nobody has reloaded yet."""
        try:
            wanted = self.reread_settings(self.settings).parameters
        except SettingsError:
            return []
        return config.changed_names(self.settings.parameters, wanted)

    def drain(self, id, drained):
        """Gives node `id` no new sessions from now on, or again."""
        self._mark("drained", id, drained)

    def spare(self, id, spared):
        """Has pgpool bear with node `id` while it is away, or no longer."""
        self._mark("spared", id, spared)

    def _mark(self, name, id, marked):
        with self.lock:
            before = getattr(self, name)
            wanted = before | {id} if marked else before - {id}
            if wanted != before:
                setattr(self, name, wanted)
                self.reload()

    def restart(self, why, stop_bound=None):
        with self.lock, self.hold.around("restart of pgpool", RESTART_BOUND, QUIET_BOUND):
            log(f"pgpool is restarted: {why}")
            self.pgpool.stop(stop_bound)
            snapshot = self.snapshot()
            self.included, self.sent, self.tries, self.postponed = {}, {}, {}, {}
            self.include([id for id in snapshot.nodes
                          if snapshot.record and id == snapshot.record.primary
                          or id not in snapshot.detached and unfit(snapshot, id) is None])
            self.pgpool.start(self.rendered(), config.pcp_conf(self.settings.secret("pcp")))
            self.await_pgpool()

    def await_pgpool(self):
        """Until it takes connections and has found the primary; clients that are held are let go only then."""
        deadline, port = time.monotonic() + START_BOUND, config.pool_port(self.settings.hold)
        while time.monotonic() < deadline and knock.knock("127.0.0.1", port, 0.5) == knock.REFUSED:
            time.sleep(0.02)
        primary = self.snapshot().primary_sample
        if primary and primary.writable:
            self.landing.wait_for_pool(self.record_file.read().primary, deadline - time.monotonic())

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
            self.failover.options.read()
            self.handover.clear_stale()
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
            soon = self.hurry(snapshot) or any(self.must_wait(action) for action in wanted)
            if not wanted and all(serves(snapshot, id) for id in snapshot.nodes):
                self.failover.note_healed()
            self.guard.raise_fences(snapshot)
            self.guard.lift_fences(snapshot)
            self.fence.close_off(self.retired_addresses())
            return bool(done) or soon

    def hurry(self, snapshot):
        """Asks the primary again at once while a replica that came back has not been seen to follow it; True then."""
        returning = [id for id in snapshot.samples if self.guard.is_returning(id)]
        watch = self.fleet.watch(snapshot.record.primary)
        if returning and watch:
            watch.want()
        return bool(returning)

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

    def look_is_old(self):
        """True when pgpool has changed since the last look, or that was long ago."""
        return self.pgpool.status_stamp() != self.stamp or time.monotonic() - self.fleet.pool_at > 2 * QUIET_LOOK

    def perform(self, action):
        """Carries an action out unless it was sent a moment ago; True when it was sent now."""
        now = time.monotonic()
        if action.kind == "name_primary" and not self.mistaken_long_enough(now):
            return False
        if now - self.sent.get((action.kind, action.id), -REPEAT) < REPEAT:
            return False
        if self.must_wait(action):
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

    def must_wait(self, action):
        """True while clients would be held until pgpool is done with the last change."""
        return self.hold.enabled and action.kind == "attach" and self.pgpool.is_busy()

    def at_once(self, kind, id):
        """An action that was sent a moment ago may be sent again now."""
        with self.lock:
            self.sent.pop((kind, id), None)
        self.fleet.wake()

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
        with self.hold.around(f"{action.kind} node {action.id}", CHANGE_BOUND, self.quiet_bound(action)) as open_ones:
            if open_ones and self.postpone(action):
                return
            with contextlib.nullcontext() if self.hold.enabled else self.pgpool.door_shut():
                settled = self.tell(action)
            self.postponed.pop(action.id, None)
            if settled and action.kind == "attach":
                self.fleet.note_attached(action.id)

    def tell(self, action):
        """Tells pgpool; True when it has carried it out in time."""
        mark = self.pgpool.mark()
        with PCP(self.settings.secret("pcp")) as pcp:
            {"attach": pcp.attach, "detach": pcp.detach, "name_primary": pcp.name_primary}[action.kind](action.id)
        settled = self.pgpool.settle(mark, SETTLE_BOUND)
        if self.hold.enabled:  # else they are kept waiting, and end when the door is opened
            self.pgpool.see_off(mark)
        return settled

    def quiet_bound(self, action):
        return QUIET_BOUNDS[self.postponed.get(action.id, 0)] if action.kind == "attach" else QUIET_BOUND

    def postpone(self, action):
        """True while a replica's return can wait for the transactions that it would break."""
        if action.kind != "attach" or action.id == self.record_file.read().primary:
            return False
        count = self.postponed.pop(action.id, 0)
        if count >= len(PUT_OFF):
            return False
        self.postponed[action.id] = count + 1
        self.sent[action.kind, action.id] = time.monotonic() + PUT_OFF[count] - REPEAT
        log(f"{action.kind} node {action.id}: put off, transactions are open that it would break")
        return True
