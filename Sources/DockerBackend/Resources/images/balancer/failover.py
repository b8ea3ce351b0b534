"""The unplanned change of primary: decide, record, promote, and answer only when the new primary takes writes."""

import threading
import time
from collections import deque

import psycopg2

import knock
from choice import Candidate, Story, choose, reason
from journal import log, now_text
from link import Unanswered
from nodes import fresh_samples
from record import RecordLockTimeout

RECHECK_BOUND = 0.4
LONG_FAILING = 1.0  # seconds of failing after which the agent's own connection need not be tried again
STOPPING_BOUND = 1.0
SILENCE_BOUND = 0.2
CANDIDATE_BOUND = 0.6
PROMOTION_BOUND = 10.0
SLOTS_BOUND = 2.0

CREATE_SLOTS = """
SELECT count(pg_create_physical_replication_slot(wanted)) FROM unnest(%s::name[]) wanted
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = wanted)
"""


class Failover:
    def __init__(self, fleet, record_file, fence):
        self.fleet, self.record_file, self.fence = fleet, record_file, fence
        self.lock = threading.Lock()
        self.verdict = None  # of the last knock at a recorded primary
        self.stories = deque(maxlen=50)

    def asked_by_pgpool(self, failed, primary):
        """Answers pgpool's failover command: node `failed` went down while it took `primary` for the primary."""
        record = self.record_file.read()
        if record is None:
            return "no record of a primary"
        if failed not in (primary, record.primary):
            return f"node {failed} is a replica"
        return self.run(f"pgpool lost node {failed}")

    def run(self, cause):
        """One failover at a time; answers its outcome in one line."""
        with self.lock:
            record = self.record_file.read()
            if record is None:
                return "no record of a primary"
            story = Story(now_text(), record.primary, cause)
            alive = self.still_writable(record.primary)
            if alive:
                log(f"failover: not needed, node {record.primary} {alive} ({cause})")
                return f"node {record.primary} is fine"
            self.stories.append(story)
            story.phase("detected", f"node {record.primary} is not writable ({cause})")
            try:
                return self._replace(record, story)
            except (RecordLockTimeout, OSError) as error:
                return story.end(f"the record was not changed: {error}")

    def still_writable(self, id):
        """Why the recorded primary counts as alive, or None. Asked over the agent's connection, then at the door."""
        self.verdict, watch = None, self.fleet.watch(id)
        if watch is None:
            return None
        if watch.failing_for() < LONG_FAILING:
            sample = watch.fresh(RECHECK_BOUND)
            if sample:
                return "takes writes" if sample.writable else None
        self.verdict = self._knock(watch.node)
        if self.verdict != knock.ACCEPTING:
            return None
        sample = watch.fresh(RECHECK_BOUND)
        if sample:
            return "takes writes" if sample.writable else None
        return f"accepts connections, but not the agent's: {watch.problem}"

    def _knock(self, node):
        """A primary that stops cleanly sends its last WAL first: it is given a moment until its port is closed."""
        deadline = time.monotonic() + STOPPING_BOUND
        while True:
            verdict = knock.knock(node.address, node.port, RECHECK_BOUND)
            if verdict != knock.STARTING or time.monotonic() > deadline:
                return verdict
            time.sleep(0.01)

    def _replace(self, record, story):
        others = [watch for watch in self.fleet.watches() if watch.node.id != record.primary]
        samples = fresh_samples(others, CANDIDATE_BOUND)
        writable = [id for id, sample in samples.items() if sample.writable]
        if len(writable) == 1:
            return self._adopt(record, writable[0], story)
        if writable:
            return story.end(f"nodes {writable} all take writes: nothing is done, a person has to decide")
        candidates = [
            Candidate(id, self.fleet.watch(id).timeline, sample.lsn, id in self.fleet.detached)
            for id, sample in samples.items()
        ]
        chosen = choose(candidates)
        if chosen is None:
            return story.end("no replica answers")
        story.chosen, story.why = chosen.id, reason(chosen, candidates)
        story.phase("chosen", f"node {chosen.id}: {story.why}")
        silent = [watch for watch in others if watch.node.id not in samples and self._silent(watch)]
        old = self.fleet.watch(record.primary)
        if old and (old.hangs or self.verdict == knock.SILENT):
            silent.append(old)
        self._fence(silent, story)
        return self._promote(record, chosen.id, story)

    def _adopt(self, record, id, story):
        written = self.record_file.replace(record, id)
        story.chosen, story.why = id, "it already takes writes"
        return story.end(f"node {id} already takes writes; recorded in term {written.term}")

    def _fence(self, watches, story):
        """Cuts off whoever is silent, the old primary and others: pgpool would wait for them before it goes on."""
        for node in (watch.node for watch in watches):
            problem = self.fence.raise_against(node.address)
            story.phase("fenced", f"node {node.id} at {node.address} is silent: {problem or 'cut off'}")

    def _silent(self, watch):
        return watch.hangs or knock.knock(watch.node.address, watch.node.port, SILENCE_BOUND) == knock.SILENT

    def _promote(self, record, id, story):
        written = self.record_file.replace(record, id)
        if written.primary != id or written.term != record.term + 1:
            return story.end(f"the record changed meanwhile to node {written.primary} in term {written.term}")
        watch = self.fleet.watch(id)
        try:
            watch.link.ask("SELECT pg_promote(false)", 1.0)
        except (psycopg2.Error, Unanswered) as error:
            log(f"failover: pg_promote on node {id}: {error}; it promotes itself when it sees the record")
        story.phase("promoted", f"term {written.term} names node {id}, pg_promote sent")
        self._create_slots(id)
        if not self._wait_until_writable(watch):
            return story.end(f"node {id} did not take writes within {PROMOTION_BOUND:g} s")
        story.phase("writable", f"node {id} takes writes")
        watch.fresh(RECHECK_BOUND)
        self.fleet.wake()
        return story.end(f"node {id} is primary")

    def _wait_until_writable(self, watch):
        deadline = time.monotonic() + PROMOTION_BOUND
        while time.monotonic() < deadline:
            try:
                if not watch.link.ask("SELECT pg_is_in_recovery()", 1.0)[0]:
                    return True
            except (psycopg2.Error, Unanswered):
                pass
            time.sleep(0.01)
        return False

    def _create_slots(self, primary):
        """A slot for every other node, so that they can follow at once; usually the node has made them before."""
        watch = self.fleet.watch(primary)
        names = [node.application for node in self.fleet.nodes.values() if node.id != primary]
        try:
            watch.link.ask(CREATE_SLOTS, SLOTS_BOUND, (names,))
        except (psycopg2.Error, Unanswered) as error:
            log(f"failover: slots on node {primary}: {str(error).strip()}")
