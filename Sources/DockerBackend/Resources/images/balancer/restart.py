"""The restart of the primary where it is: PostgreSQL stops cleanly and starts again, and nobody takes its place.

The node is asked to step down and, as soon as it has, not to: between the two pgpool does not count it as lost.
"""

import time

from handover import Handover, HandoverError
from hold import HoldError
from journal import log

QUIET_BOUND = 2.5  # seconds for a reconciliation that is under way
DRAIN_SHARE = 0.35  # of the bound, for transactions that are open when clients are held
STOP_LEAST = 5.0
BACK_BOUND = 60.0  # seconds for PostgreSQL to start; it may have to replay its log
WRITE_BOUND = 8.0
RING = 0.02


class Unfinished(Exception):
    """It did not go to its end: the text says how far it went."""

    def __init__(self, status, code, reason):
        super().__init__(reason)
        self.status, self.code = status, code


class Restart:
    """One restart of the recorded primary; made anew for each."""

    def __init__(self, agent):
        self.agent, self.fleet, self.record_file = agent, agent.fleet, agent.record_file
        self.failover, self.hold, self.reconciler = agent.failover, agent.hold, agent.reconciler
        self.handover = Handover(agent.settings.directory, agent.record_file)

    def run(self, id, seconds):
        """Answers an HTTP status and a document. `seconds` bounds the stop of PostgreSQL."""
        if self.failover.operation or not self.failover.lock.acquire(blocking=False):
            return self._refusal("busy", f"another operation is under way: {self.failover.operation or 'a failover'}")
        self.failover.operation = f"restart of node {id}"
        try:
            return self._run(id, seconds)
        except Unfinished as error:
            return error.status, {"error": "Not restarted", "reason": str(error), "code": error.code}
        finally:
            self.failover.operation = None
            self.failover.lock.release()
            self.fleet.wake()

    def _run(self, id, seconds):
        if not self.reconciler.lock.acquire(timeout=QUIET_BOUND):
            return self._refusal("busy", "the balancer is being reconciled; try again")
        self.reconciler.lock.release()
        record, began = self.record_file.read(), time.monotonic()
        if record is None or id != record.primary:
            return self._refusal("not_primary", f"node {id} is not the primary: restart its container")
        holder = self._shut(seconds)
        try:
            self.reconciler.spare(id, True)
            self._restart(record, max(seconds, STOP_LEAST))
            if self.hold.enabled:
                self.hold.reconnect()
            problem = self.agent.landing.write(id, WRITE_BOUND)
            if problem:
                raise Unfinished(504, "not_verified", f"node {id} runs, but no write came through pgpool: {problem}")
        finally:
            self.reconciler.spare(id, False)
            if holder:
                self.hold.open(holder)
        took = round(time.monotonic() - began, 3)
        log(f"restart: node {id} was restarted in place in {took:.3f} s")
        return 200, {"status": "restarted", "node": id, "seconds": took}

    def _shut(self, seconds):
        if not self.hold.enabled:
            return None
        bound = seconds * DRAIN_SHARE
        try:
            holder, open_ones = self.hold.shut("restart of the primary", bound + seconds + BACK_BOUND, bound)
        except HoldError as error:
            raise Unfinished(503, "not_held", f"clients cannot be held: {error}") from error
        if open_ones:
            self.hold.open(holder)
            raise Unfinished(503, "not_held", f"{open_ones} transactions were still open after {bound:.1f} s")
        return holder

    def _restart(self, record, seconds):
        """Has PostgreSQL stopped and started again. Once it is asked to stop, it starts again whatever happens here."""
        id = record.primary
        try:
            offer = self.handover.offer(record, id, seconds)
        except (HandoverError, OSError) as error:
            raise Unfinished(409, "busy", str(error)) from error
        try:
            stopped = self._wait(seconds, lambda: self.handover.stepped(offer) is not None, id)
        finally:
            self.handover.withdraw(offer)
        if not stopped:
            log(f"restart: node {id} did not stop cleanly within {seconds:g} s")
        if not self._wait(BACK_BOUND, lambda: self._writable(id), id):
            raise Unfinished(504, "not_back", f"node {id} has not taken writes again within {BACK_BOUND:g} s")

    def _wait(self, seconds, look, id):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if look():
                return True
            self.handover.ring(id)
            time.sleep(RING)
        return False

    def _writable(self, id):
        watch = self.fleet.watch(id)
        sample = watch.fresh(0.5) if watch else None
        return bool(sample and sample.writable)

    def _refusal(self, code, reason):
        return 409, {"error": "Not restarted", "reason": reason, "code": code}
