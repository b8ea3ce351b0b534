"""The unplanned change of primary: decide, record, promote, and answer only when the new primary takes writes."""

import contextlib
import threading
import time
from collections import deque

import psycopg2

import knock
from choice import Candidate, choose, doubt, reason
from hold import HoldError
from journal import log, now_text
from link import Unanswered
from nodes import fresh_samples
from options import OptionsFile, is_lowered
from story import Story

RECHECK_BOUND = 0.4
REACH_BOUND = 0.15  # seconds in which the address of a node that is there is reached, hung or not
LONG_FAILING = 1.0  # seconds of failing after which the agent's own connection need not be tried again
STOPPING_BOUND = 1.0
SILENCE_BOUND = 0.2
CANDIDATE_BOUND = 0.6
PROMOTION_BOUND = 10.0
SLOTS_BOUND = 2.0
HOLD_BOUND = 20.0  # seconds for which clients are held while a primary is replaced
LANDING_BOUND = 15.0
FOLLOW_BOUND = 4.0
DOOR_BOUND = 4.0  # seconds for which new connections may wait while pgpool carries out the change that it asked about

LAST_WRITE = "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"
CREATE_SLOTS = """
SELECT count(pg_create_physical_replication_slot(wanted)) FROM unnest(%s::name[]) wanted
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = wanted)
"""


class Failover:
    def __init__(self, fleet, record_file, fence, hold, landing, history):
        self.fleet, self.record_file, self.fence = fleet, record_file, fence
        self.hold, self.landing, self.history = hold, landing, history
        self.options = OptionsFile(record_file.path.parent)
        self.lock = threading.Lock()
        self.operation = None  # what runs now, in words
        self.verdict = None  # of the last knock at a recorded primary
        self.stories = deque(maxlen=50)
        self.unhealed = None  # the last story, until every node serves clients again

    def asked_by_pgpool(self, failed, primary):
        """Answers pgpool's failover command: node `failed` went down while it took `primary` for the primary."""
        record = self.record_file.read()
        if not self.hold.enabled:
            threading.Thread(target=self.landing.shut_door, args=(self.landing.mark(), DOOR_BOUND), name="door",
                             daemon=True).start()
        if record is None:
            return "no record of a primary"
        if failed not in (primary, record.primary):
            return f"node {failed} is a replica"
        return self.run(f"pgpool lost node {failed}")

    def run(self, cause, to=None, force=False):
        """One failover at a time; answers its outcome in one line. `to` is the node that has to take over, if any;
        with `force` a primary that still takes writes is cut off and replaced as well."""
        with self.lock:
            return self._run(cause, to, force, mark=self.landing.mark(), holder=self._hold())

    @contextlib.contextmanager
    def _under_way(self, operation):
        """Says what runs now, and afterwards what ran before unless that has ended meanwhile."""
        before, self.operation = self.operation, operation
        try:
            yield
        finally:
            if self.operation == operation:
                self.operation = before

    def _run(self, cause, to, force, holder, mark):
        record = self.record_file.read()
        if record is None:
            self._let_go(holder)
            return "no record of a primary"
        alive = None if force else self.still_writable(record.primary)
        if alive:
            self._let_go(holder)
            log(f"failover: not needed, node {record.primary} {alive} ({cause})")
            return f"node {record.primary} is fine"
        with self._under_way("failover" if to is None else f"failover to {to}"):
            return self._fail_over(record, cause, to, force, holder, mark)

    def _fail_over(self, record, cause, to, force, holder, mark):
        story = Story(now_text(), record.primary, cause)
        self.stories.append(story)
        self.unhealed = story
        story.seen = self._last_seen(record)
        lost = f"node {record.primary} is not writable ({cause})"
        if story.seen:
            lost += f"; it last answered {time.monotonic() - story.seen:.2f} s before"
        story.phase("detected", cause if force else lost)
        try:
            self._replace(record, story, to, force)
        except (OSError, HoldError) as error:
            story.end(f"the record was not changed: {error}")
        self._conclude(story, holder, mark)
        return story.outcome

    def _last_seen(self, record):
        watch = self.fleet.watch(record.primary)
        return watch.sample.at if watch and watch.sample else None

    def note_healed(self):
        """All nodes serve again: the story of the last change of primary is complete."""
        if self.unhealed is None or self.operation or self.unhealed.outcome == "running":
            return
        story, self.unhealed = self.unhealed, None
        story.phase("healed", "every node serves clients")
        self.history.put(story)

    # Clients wait while it runs, and a moment longer, until pgpool can serve them again

    def _hold(self):
        if not self.hold.enabled:
            return None
        try:
            return self.hold.shut("failover", HOLD_BOUND, 0.0)[0]
        except HoldError as error:
            log(f"failover: clients are not held: {error}")
            return None

    def _let_go(self, holder):
        if holder:
            self.hold.open(holder)

    def _conclude(self, story, holder, mark):
        now = self.record_file.read()
        if story.chosen is None or now is None or now.primary != story.chosen:
            self._let_go(holder)
            if len(self.stories) > 1 and story.repeats(self.stories[-2]):
                story.at = self.stories[-2].at  # one entry of the history for all tries that end alike
            self.history.put(story)
            return
        threading.Thread(target=self._land, args=(story, holder, mark), name="landing", daemon=True).start()

    def _land(self, story, holder, mark):
        """Sees clients served again. pgpool goes on only after it was answered, so this must not keep it waiting."""
        began = time.monotonic()
        try:
            threading.Thread(target=self.landing.tell, args=(story.failed,), name="tell", daemon=True).start()
            self._recall_last_write(story)
            self.landing.follow(story.chosen, mark, FOLLOW_BOUND)
            problem = self.landing.write(story.chosen, max(1.0, LANDING_BOUND - (time.monotonic() - began)))
            story.landed = problem
            story.phase("first write", problem or f"node {story.chosen} has a write that came through pgpool")
        finally:
            self._let_go(holder)
            self.history.put(story)

    def _recall_last_write(self, story):
        """The last transaction that the new primary has of the old one."""
        text = f"the last of node {story.failed} that node {story.chosen} has"
        try:
            age = self.fleet.watch(story.chosen).link.ask(LAST_WRITE, 1.0)[0]
        except (psycopg2.Error, Unanswered, AttributeError, TypeError) as error:
            log(f"failover: the time of the last write is not known: {error}")
            return
        if not age and story.seen:
            # A standby that has replayed nothing since it started does not know.
            age = time.monotonic() - story.seen
            text = f"or earlier: node {story.failed} answered then, node {story.chosen} had nothing to replay"
        if age:
            story.recall("last good write", float(age), text)

    def still_writable(self, id):
        """Why the recorded primary counts as alive, or None. Asked over the agent's connection, then at the door; one that
        has ended that connection is asked at the door first, because a container that is gone answers nothing at all."""
        self.verdict, watch = None, self.fleet.watch(id)
        if watch is None:
            return None
        if watch.failing_for() < LONG_FAILING and not watch.lost():
            sample = watch.fresh(RECHECK_BOUND)
            if sample:
                return self._life_of(sample)
        self.verdict = self._knock(watch.node)
        if self.verdict != knock.ACCEPTING:
            return None
        sample = watch.fresh(RECHECK_BOUND)
        if sample:
            return self._life_of(sample)
        return f"accepts connections, but not the agent's: {watch.problem}"

    def _life_of(self, sample):
        if sample.leads:
            return "takes writes" if sample.writable else "is a primary that its settings make read-only"
        return None

    def _knock(self, node):
        """A primary that stops cleanly sends its last WAL first: it is given a moment until its port is closed."""
        deadline = time.monotonic() + STOPPING_BOUND
        while True:
            verdict = knock.knock(node.address, node.port, RECHECK_BOUND, REACH_BOUND)
            if verdict != knock.STARTING or time.monotonic() > deadline:
                return verdict
            time.sleep(0.01)

    def _replace(self, record, story, to=None, force=False):
        others = [watch for watch in self.fleet.watches() if watch.node.id != record.primary]
        samples = fresh_samples(others, CANDIDATE_BOUND)
        writable = [id for id, sample in samples.items() if sample.writable]
        if len(writable) == 1 and not force:
            return self._adopt(record, writable[0], story)
        if writable:
            return story.end(f"nodes {writable} take writes unrecorded: nothing is done, a person has to decide")
        chosen = self._choose(record, others, samples, story, to, force)
        if chosen is None:
            return None
        silent = [watch for watch in others if watch.node.id not in samples and self._silent(watch)]
        old = self.fleet.watch(record.primary)
        is_cut_off = bool(old and (force or old.hangs or self.verdict == knock.SILENT))
        self._fence(silent + [old] * is_cut_off, story)
        if is_cut_off and to is None:
            # Until now it could acknowledge writes, and another replica may have received them.
            samples = fresh_samples([watch for watch in others if watch.node.id in samples], CANDIDATE_BOUND)
            chosen = self._choose(record, others, samples, story, to, force, chosen)
            if chosen is None:
                return None
        story.chosen = chosen.id
        return self._promote(record, chosen.id, story)

    def _choose(self, record, others, samples, story, to, force, before=None):
        """The candidate that takes over, `before` if nothing has changed; None when the story has ended without one."""
        candidates = [
            Candidate(id, self.fleet.watch(id).timeline, sample.lsn, id in self.fleet.detached,
                      self.fleet.watch(id).node.host)
            for id, sample in samples.items()
        ]
        chosen = choose([one for one in candidates if to is None or one.id == to])
        if chosen is None:
            story.end("no replica answers" if to is None else f"node {to} does not answer")
            return None
        missing = self._missing(record, chosen, [watch.node.id for watch in others if watch.node.id not in samples])
        if missing and not force:
            story.end(missing)
            return None
        if before and before.id == chosen.id:
            return before
        story.why = reason(chosen, candidates) if to is None else f"asked for; {reason(chosen, candidates)}"
        story.phase("chosen", f"node {chosen.id}: {story.why}" + (f"; {missing}" if missing else ""))
        return chosen

    def _missing(self, record, chosen, silent):
        """Why a write that a client was told of may be lost with this choice, or None."""
        directory, old, promise = self.record_file.path.parent, self.fleet.watch(record.primary), self.options.read()
        if promise is None:
            return "what clients were promised is not known: the file of options is not whole; repeat the command that was writing it"
        return doubt(promise, is_lowered(directory, record), chosen, silent, old.sample if old else None)

    def _adopt(self, record, id, story):
        written = self.record_file.replace(record, id)
        story.chosen, story.why = id, "it already takes writes"
        return story.end(f"node {id} already takes writes; recorded in term {written.term}")

    def _fence(self, watches, story):
        """Cuts off whoever is silent, the old primary and others: pgpool would wait for them before it goes on."""
        for node in (watch.node for watch in watches):
            problem = self.fence.raise_against(node.address)
            story.phase("fenced", f"node {node.id} at {node.address}: {problem or 'cut off'}")

    def _silent(self, watch):
        return watch.hangs or knock.knock(watch.node.address, watch.node.port, SILENCE_BOUND) == knock.SILENT

    def _promote(self, record, id, story):
        written = self.record_file.replace(record, id)
        if written.primary != id or written.term != record.term + 1:
            return story.end(f"the record changed meanwhile to node {written.primary} in term {written.term}")
        if not self.promote(written, story, PROMOTION_BOUND):
            return story.end(f"node {id} did not take writes within {PROMOTION_BOUND:g} s")
        return story.end(f"node {id} is primary")

    def promote(self, written, story, seconds):
        """Promotes the node that the record names already; True once it takes writes."""
        id, watch = written.primary, self.fleet.watch(written.primary)
        try:
            watch.link.ask("SELECT pg_promote(false)", 1.0)
        except (psycopg2.Error, Unanswered) as error:
            log(f"failover: pg_promote on node {id}: {error}; it promotes itself when it sees the record")
        story.phase("promoted", f"term {written.term} names node {id}, pg_promote sent")
        self._keep_in_pool(id)
        self._create_slots(id)
        if not self._wait_until_writable(watch, seconds):
            return False
        story.phase("writable", f"node {id} takes writes")
        watch.fresh(RECHECK_BOUND)
        self.fleet.wake()
        return True

    def _keep_in_pool(self, id):
        """Whoever took the node out did not know that it would be the primary."""
        try:
            self.fleet.set_detached(id, False)
        except OSError as error:
            log(f"failover: node {id} is still noted as detached: {error}")

    def _wait_until_writable(self, watch, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if not watch.link.ask("SELECT pg_is_in_recovery()", 1.0)[0]:
                    return True
            except (psycopg2.Error, Unanswered):
                pass
            time.sleep(0.005)
        return False

    def _create_slots(self, primary):
        """A slot for every other node, so that they can follow at once; usually the node has made them before."""
        watch = self.fleet.watch(primary)
        names = [node.application for node in self.fleet.nodes.values() if node.id != primary]
        try:
            watch.link.ask(CREATE_SLOTS, SLOTS_BOUND, (names,))
        except (psycopg2.Error, Unanswered) as error:
            log(f"failover: slots on node {primary}: {str(error).strip()}")
