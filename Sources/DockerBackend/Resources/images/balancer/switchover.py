"""The planned change of primary: nothing is lost, and with `hold` no client sees an error.

Up to the moment at which the record names the new primary every way out leads back to the old one; after it, forward.
"""

import threading
import time

import psycopg2

from bell import ring
from choice import Candidate, choose, reason
from decide import IN_POOL, unfit
from handover import Handover, HandoverError
from hold import HoldError
from journal import log, now_text
from link import Link, Unanswered
from nodes import fresh_samples
from story import Story

SAMPLE_BOUND = 1.0
QUIET_BOUND = 2.5  # seconds for a reconciliation that is under way
LAG = 16 << 20  # bytes that a replica may lie behind when a switchover begins
CHECKPOINT_BOUND = 30.0
QUICK = 0.3  # seconds; a checkpoint that took longer has left much to write, so that another one follows
DRAIN_SHARE = 0.35  # of the deadline, for transactions that are open when clients are held
LEAVE = 2.0  # seconds before the deadline by which the old primary has to have stepped down
RING = 0.02
LOOK = 0.005
CATCH_UP_BOUND = 1.5
FOLLOW_BOUND = 4.0
BACK_BOUND = 15.0
RECEIVED = "SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::bigint"


class Refused(Exception):
    """Nothing was begun."""


class RolledBack(Exception):
    """It was begun, and the old primary is the primary again."""


class Switchover:
    """One switchover; made anew for each."""

    def __init__(self, agent):
        self.agent, self.fleet, self.record_file = agent, agent.fleet, agent.record_file
        self.failover, self.hold, self.landing = agent.failover, agent.hold, agent.landing
        self.handover = Handover(agent.settings.directory, agent.record_file)
        self.locked = False

    def run(self, to, seconds):
        """Answers an HTTP status and a document."""
        if self.failover.operation or not self.failover.lock.acquire(blocking=False):
            return refusal(f"another operation is under way: {self.failover.operation or 'a failover'}", "busy")
        self.failover.operation = f"switchover to {to}" if to is not None else "switchover"
        self.locked = True
        try:
            return self._run(to, seconds)
        except Refused as error:
            return refusal(str(error))
        finally:
            self.failover.operation = None
            self._release()

    def _release(self):
        """From here on pgpool's question after the primary is answered."""
        if self.locked:
            self.locked = False
            self.failover.lock.release()
            self.fleet.wake()

    def _await_quiet(self):
        """Waits for a reconciliation that is under way; none begins while the failover's lock is held."""
        if not self.agent.reconciler.lock.acquire(timeout=QUIET_BOUND):
            raise Refused("the balancer is being reconciled; try again")
        self.agent.reconciler.lock.release()

    def _run(self, to, seconds):
        self._await_quiet()
        record = self.record_file.read()
        if record is None:
            raise Refused("there is no record of a primary")
        if to == record.primary:
            return 200, {"status": "nothing to do", "from": record.primary, "to": to, "term": record.term}
        chosen, why = self._choose(record, to)
        story = Story(now_text(), record.primary, "asked for", kind="switchover", chosen=chosen, why=why)
        self.failover.operation = f"switchover to {chosen}"
        story.phase("checked", f"node {chosen}: {why}")
        self._checkpoint_unlocked(record, story)
        return self._change(record, chosen, seconds, story)

    # Before anything changes

    def _choose(self, record, to):
        fresh_samples(self.fleet.watches(), SAMPLE_BOUND)
        self.fleet.look_at_pool()
        snapshot = self.agent.reconciler.snapshot()
        if snapshot.record != record:
            raise Refused("the record changed a moment ago")
        if to is not None and to not in snapshot.nodes:
            raise Refused(f"there is no node {to} behind this balancer")
        reason_against = unfit(snapshot, record.primary)
        if reason_against:
            raise Refused(f"the primary, node {record.primary}, cannot hand over: {reason_against}")
        others = [id for id in snapshot.nodes if id != record.primary]
        against = {id: self._against(snapshot, id) for id in others}
        if to is not None:
            if against[to]:
                raise Refused(f"node {to}: {against[to]}")
            return to, "asked for, and it streams without delay"
        candidates = [Candidate(id, snapshot.samples[id].timeline, snapshot.samples[id].lsn)
                      for id in others if not against[id]]
        chosen = choose(candidates)
        if chosen is None:
            listed = "; ".join(f"node {id}: {text}" for id, text in sorted(against.items()))
            raise Refused(f"there is no replica to switch to{': ' if listed else ''}{listed}")
        return chosen.id, reason(chosen, candidates)

    def _against(self, snapshot, id):
        """Why node `id` cannot become the primary now, or None."""
        problem = unfit(snapshot, id)
        if problem:
            return problem
        if id in snapshot.detached:
            return "it was detached by an administrator; attach it first"
        seen = snapshot.pool.get(id)
        if seen is None or seen.status not in IN_POOL:
            return "pgpool does not use it yet"
        sample, primary = snapshot.samples[id], snapshot.primary_sample
        behind = primary.lsn - min(sample.lsn, sample.replayed or 0)
        if behind > LAG:
            return f"it lags {behind} bytes behind the primary; at most {LAG} are allowed"
        return None

    def _checkpoint_unlocked(self, record, story):
        """A primary that hangs meanwhile is replaced as at any other time, so that no failover waits for the checkpoint."""
        self.locked = False
        self.failover.lock.release()
        self._checkpoint(record.primary, story)
        if not self.failover.lock.acquire(timeout=QUIET_BOUND):
            raise Refused("the primary is being looked after; try again")
        self.locked = True
        self._await_quiet()
        if self.record_file.read() != record:
            raise Refused("the record changed during the checkpoint")

    def _checkpoint(self, id, story):
        """Makes the stop of the primary short: what it has to write is written before."""
        node = self.fleet.nodes[id]
        link = Link(node.address, node.port, "postgres", self.agent.settings.secret("superuser"))
        try:
            for _ in range(3):
                began = time.monotonic()
                link.ask("CHECKPOINT", CHECKPOINT_BOUND)
                if time.monotonic() - began < QUICK:
                    break
        except (psycopg2.Error, Unanswered) as error:
            raise Refused(f"node {id} did not finish a checkpoint within {CHECKPOINT_BOUND:g} s: {error}") from error
        finally:
            link.close()
        story.phase("checkpoint", f"node {id} has written what it had in memory")

    # The change

    def _change(self, record, chosen, seconds, story):
        holder = None
        try:
            if self.hold.enabled:
                holder = self._shut(seconds, story)
            offer = self._step_down(record, chosen, seconds, story)
            written = self._take(offer, story)
            return self._forward(offer, written, seconds, story, holder)
        except RolledBack as error:
            story.end(f"rolled back: {error}")
            return 503, {"error": "Rolled back", "reason": str(error), "code": "rolled_back",
                         **self._facts(story, record.term)}
        finally:
            if holder:
                self.hold.open(holder)
            self.failover.history.put(story)
            self.failover.unhealed = story

    def _shut(self, seconds, story):
        bound = seconds * DRAIN_SHARE
        try:
            holder, open_ones = self.hold.shut("switchover", seconds + 1.0, bound)
        except HoldError as error:
            raise RolledBack(f"clients could not be held: {error}") from error
        if open_ones:
            self.hold.open(holder)
            raise RolledBack(f"{open_ones} transactions were still open {bound:g} s after new ones were held")
        story.phase("held", "clients wait, no transaction is open")
        return holder

    def _step_down(self, record, chosen, seconds, story):
        try:
            offer = self.handover.offer(record, chosen, seconds)
        except (HandoverError, OSError) as error:
            raise RolledBack(str(error)) from error
        end = self._wait_for_end(offer)
        if end is None:
            raise self._back(offer, f"node {offer.source} did not step down in time")
        story.phase("stepped down", f"node {offer.source} has stopped")
        if not self._received(offer.target, end):
            raise self._back(offer, f"node {offer.target} did not receive all that node {offer.source} had written")
        story.phase("caught up", f"node {offer.target} has all of it")
        return offer

    def _wait_for_end(self, offer):
        deadline = time.monotonic() + offer.deadline - LEAVE - time.time()
        while time.monotonic() < deadline:
            due = time.monotonic() + RING
            while time.monotonic() < due:
                end = self.handover.stepped(offer)
                if end is not None:
                    return end
                time.sleep(LOOK)
            ring(self.handover.directory, [offer.source])
        return None

    def _received(self, id, end):
        """True once node `id` has flushed the last record of the old primary, which begins at `end`."""
        deadline, link = time.monotonic() + CATCH_UP_BOUND, self.fleet.watch(id).link
        while time.monotonic() < deadline:
            try:
                if (link.ask(RECEIVED, 0.5)[0] or 0) > end:
                    return True
            except (psycopg2.Error, Unanswered):
                pass
            time.sleep(LOOK)
        return False

    def _take(self, offer, story):
        try:
            written = self.handover.take(offer)
        except (HandoverError, OSError) as error:
            raise self._back(offer, str(error)) from error
        story.phase("recorded", f"term {written.term} names node {written.primary}")
        return written

    def _back(self, offer, why):
        """Takes the handover back and sees the old primary writable; the error to raise."""
        log(f"switchover: {why}: node {offer.source} is to go on as primary")
        try:
            self.handover.withdraw(offer)
        except OSError as error:
            log(f"switchover: the handover was not taken back ({error}); its deadline ends it")
        deadline, watch = time.monotonic() + BACK_BOUND, self.fleet.watch(offer.source)
        while time.monotonic() < deadline:
            ring(self.handover.directory, [offer.source])
            sample = watch.fresh(0.2) if watch else None
            if sample and sample.writable:
                self._release()
                self.landing.wait_for_pool(offer.source, BACK_BOUND)
                self.landing.write(offer.source, BACK_BOUND)
                return RolledBack(f"{why}; node {offer.source} takes writes again")
            time.sleep(RING)
        return RolledBack(f"{why}; node {offer.source} has not come back within {BACK_BOUND:g} s")

    def _forward(self, offer, written, seconds, story, holder):
        mark = self.landing.mark()
        tell = threading.Thread(target=self.landing.tell, args=(offer.source,), name="tell", daemon=True)
        tell.start()
        if not self.failover.promote(written, story, max(2.0, offer.deadline - time.time())):
            return self._other_way(written, story)
        self._release()
        deadline = time.monotonic() + max(5.0, offer.deadline - time.time())
        if self.landing.follow(written.primary, mark, min(FOLLOW_BOUND, deadline - time.monotonic())):
            story.phase("followed", f"pgpool takes node {written.primary} for the primary")
        problem = self.landing.write(written.primary, max(1.0, deadline - time.monotonic()))
        if problem:
            return self._unverified(written, story, problem)
        story.phase("first write", f"node {written.primary} has a write that came through pgpool")
        if holder:
            self.hold.open(holder)
            story.phase("released", "clients go on")
        story.end(f"node {written.primary} is primary")
        return 200, {"status": "switched over", **self._facts(story, written.term)}

    def _other_way(self, written, story):
        """The new primary died in this moment: the record names it, so that the way leads on, to any other node."""
        story.end(f"node {written.primary} did not take writes")
        self._release()
        outcome = self.failover.run(f"node {written.primary} did not take writes after a switchover")
        return 503, {"error": "Failed over", "reason": f"node {written.primary} did not take writes; {outcome}",
                     **self._facts(story, written.term)}

    def _unverified(self, written, story, why):
        story.end(f"node {written.primary} is primary, but {why}")
        return 504, {"error": "Not verified", "reason": story.outcome, **self._facts(story, written.term)}

    def _facts(self, story, term):
        return {"from": story.failed, "to": story.chosen, "term": term, "seconds": story.seconds(),
                "why": story.why, "phases": story.phases}


def refusal(reason, code="not_ready"):
    return 409, {"error": "Not switched over", "reason": reason, "code": code}
