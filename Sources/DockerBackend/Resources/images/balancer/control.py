"""The calls that change something: each acts, then looks whether it happened. Answers are (HTTP status, document)."""

import math
import time

import psycopg2

from bell import ring
from decide import IN_POOL, unfit
from hold import HoldError
from journal import log
from link import Link, Unanswered
from nodes import fresh_samples
from pcp import PCP, PCPError
from restart import Restart
from settings import SettingsError
from switchover import Switchover

VERIFY_BOUND = 8.0
SQL_BOUND = 1.5
DRAIN_BOUND = 5.0
FIT_BOUND = 2.0  # seconds in which a node that was just started may begin to stream
QUIET = 0.5  # seconds without a statement after which a node that is drained counts as unused
SWITCHOVER_BOUND = 10.0
RESTART_BOUND = 30.0
FORCED_BOUND = 20.0
RECOVERY_BOUND = 300.0
TAKEN_BOUND = 15.0  # seconds for a node that runs to begin its clone
PAUSE_BOUND = 10.0
LONGEST = 600.0  # seconds that any request may name
ASKED = "clients paused by request"

# Whether clients that came through pgpool use a node. Its own questions and the agent's do not count, nor does what
# pgpool sends to all nodes alike: settings, and the reset of a session.
IN_USE = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND usename <> 'pgbc_monitor' AND client_addr = inet_client_addr()
  AND (state <> 'idle' OR state_change > clock_timestamp() - make_interval(secs => %s)
       AND query !~* '^\s*(set|reset|discard|abort|show)\M')
"""


def seconds_in(body, default, least=0.0):
    """The bound that a request names, kept within reason."""
    given = body.get("seconds")
    known = isinstance(given, (int, float)) and not isinstance(given, bool) and math.isfinite(given)
    return min(max(float(given) if known else default, least), LONGEST)


def problem(status, error, reason, code=None):
    """A refusal; `code` tells programs which one, where the status alone does not."""
    return status, {"error": error, "reason": reason, **({"code": code} if code else {})}


class Control:
    def __init__(self, agent):
        self.agent, self.fleet, self.reconciler = agent, agent.fleet, agent.reconciler

    def snapshot(self):
        return self.reconciler.snapshot()

    def attach(self, id, body):
        self.fleet.set_detached(id, False)
        self.reconciler.drain(id, False)
        reason = self._wait_until_fit(id)
        if reason:
            return problem(409, "Node not attached", f"node {id}: {reason}; it is attached by itself when that ends",
                           "not_ready")
        self.reconciler.at_once("attach", id)
        if not self._reached(id, IN_POOL):
            return problem(504, "Node not attached", f"pgpool did not take node {id} up within {VERIFY_BOUND:g} s",
                           "not_verified")
        return 200, {"status": "attached", "message": "Node attached successfully", "node": id,
                     "pool_status": self.fleet.pool_status(id)}

    def _wait_until_fit(self, id):
        """Why the node must not serve clients, after FIT_BOUND seconds of asking it and the primary again; or None."""
        deadline = time.monotonic() + FIT_BOUND
        while True:
            record = self.agent.record_file.read()
            asked = [self.fleet.watch(one) for one in {id, record.primary if record else id}]
            fresh_samples([watch for watch in asked if watch], SQL_BOUND)
            reason = unfit(self.snapshot(), id)
            if reason is None or time.monotonic() > deadline:
                return reason
            self.fleet.wake()  # a node that is cut off is let in by the next round, once the primary hears of it
            time.sleep(0.05)

    def detach(self, id, body):
        record = self.agent.record_file.read()
        if record is None or id == record.primary:
            return problem(409, "Node not detached", f"node {id} is the primary: without it the balancer has no writes",
                           "is_primary")
        if not self.agent.hold.enabled and self.fleet.pool_status(id) in IN_POOL:
            self._drain(id, seconds_in(body, DRAIN_BOUND))
        self.fleet.set_detached(id, True)
        self.reconciler.at_once("detach", id)
        if not self._reached(id, ("down", "unknown", "unused")):
            return problem(504, "Node not detached", f"pgpool did not let node {id} go within {VERIFY_BOUND:g} s",
                           "not_verified")
        self.reconciler.drain(id, False)
        return 200, {"status": "detached", "message": "Node detached successfully", "node": id,
                     "pool_status": self.fleet.pool_status(id)}

    def _drain(self, id, seconds):
        """Waits until nothing has run on the node for QUIET seconds; it gets no new sessions meanwhile."""
        self.reconciler.drain(id, True)
        deadline, watch = time.monotonic() + seconds, self.fleet.watch(id)
        while time.monotonic() < deadline:
            try:
                if watch is None or not watch.link.ask(IN_USE, SQL_BOUND, (QUIET,))[0]:
                    return
            except (psycopg2.Error, Unanswered):
                return
            time.sleep(0.1)
        log(f"detach node {id}: sessions still used it after {seconds:g} s")

    def _reached(self, id, wanted):
        """True once PCP, and SHOW POOL_NODES where a pgpool child is free to answer it, both say so."""
        deadline = time.monotonic() + VERIFY_BOUND
        while time.monotonic() < deadline:
            if self.fleet.look_at_pool() and self.fleet.pool_status(id) in wanted:
                rows = pool_nodes(self.agent)
                if rows is None or rows.get(id, {"status": "unknown"})["status"] in wanted:
                    return True
            self.fleet.wake()
            time.sleep(0.1)
        return False

    def promote(self, id, body):
        record = self.agent.record_file.read()
        if record is None:
            return problem(503, "Node not promoted", "there is no record of a primary")
        if id == record.primary:
            return problem(409, "Node not promoted", f"node {id} is the primary already")
        alive = self.agent.failover.still_writable(record.primary)
        if alive:
            return problem(409, "Node not promoted", f"the primary, node {record.primary}, {alive}; "
                           "a planned change goes through pgbc switchover")
        outcome = self.agent.failover.run(f"promotion of node {id} requested", to=id)
        now = self.agent.record_file.read()
        if now and now.primary == id and self.agent.failover.still_writable(id):
            return 200, {"message": "Node promoted to primary", "node": id, "term": now.term}
        return problem(409, "Node not promoted", f"the failover ended otherwise: {outcome}")

    def restart(self, id, body):
        return Restart(self.agent).run(id, seconds_in(body, RESTART_BOUND))

    def recovery(self, id, body):
        """The node's start-up script throws its data away and clones the primary's; done when it serves again."""
        record, directory = self.agent.record_file.read(), self.agent.settings.directory
        if record is None or id == record.primary:
            return problem(409, "Node not recovered", f"node {id} is the primary: nothing is there to clone from",
                           "is_primary")
        if self.agent.failover.operation or not self.agent.failover.still_writable(record.primary):
            return problem(409, "Node not recovered", "the primary takes no writes, or is about to change: node "
                           f"{id} may be needed as it is", "busy")
        request, bound = directory / f"reclone.{id}", seconds_in(body, RECOVERY_BOUND)
        deadline = time.monotonic() + bound
        request.write_text("yes\n")
        if not self._waited(min(deadline, time.monotonic() + TAKEN_BOUND), id, lambda: not request.exists()):
            request.unlink(missing_ok=True)
            return problem(504, "Node not recovered", f"node {id} did not take the request; does its container run?",
                           "not_taken")
        if not (self._waited(deadline, id, lambda: unfit(self.snapshot(), id))
                and self._waited(deadline, id, lambda: self._serves(id))):
            return problem(504, "Node not recovered", f"node {id} does not stream yet, {bound:g} s after it was asked to; "
                           "it goes on, and its log tells how far it is", "not_verified")
        return 200, {"status": "recovered", "message": "Node recovered successfully", "node": id}

    def _serves(self, id):
        """As far as it is to: a node that was taken out by hand stays out."""
        snapshot = self.snapshot()
        return unfit(snapshot, id) is None and (id in snapshot.detached or self.fleet.pool_status(id) in IN_POOL)

    def _waited(self, deadline, id, look):
        while not look():
            if time.monotonic() > deadline:
                return False
            ring(self.agent.settings.directory, [id])
            self.fleet.wake()
            time.sleep(0.05)
        return True

    def switchover(self, body):
        to = self._node_in(body)
        if isinstance(to, tuple):
            return to
        return Switchover(self.agent).run(to, seconds_in(body, SWITCHOVER_BOUND, least=4.0))

    def failover(self, body):
        """Forced: the recorded primary is cut off, whatever it says."""
        to, record, failover = self._node_in(body), self.agent.record_file.read(), self.agent.failover
        if isinstance(to, tuple):
            return to
        if record is None:
            return problem(409, "Not failed over", "there is no record of a primary", "no_record")
        if to == record.primary:
            return 200, {"status": "nothing to do", "from": record.primary, "to": to, "term": record.term}
        if failover.operation:
            return problem(409, "Not failed over", f"another operation is under way: {failover.operation}", "busy")
        began = time.monotonic()
        outcome = failover.run("forced", to=to, force=True)
        now, story = self.agent.record_file.read(), failover.stories[-1]
        facts = {"from": record.primary, "to": story.chosen, "term": now.term, "why": story.why}
        if now.primary == record.primary:
            return 409, {"error": "Not failed over", "reason": outcome, "code": "no_candidate", **facts,
                         "phases": story.phases}
        seen = story.wait_for("first write", FORCED_BOUND)
        facts |= {"seconds": round(time.monotonic() - began, 3), "phases": story.phases}
        if not seen or story.landed is not None:
            reason = story.landed or f"{outcome}; no write has arrived yet"
            return 504, {"error": "Not verified", "reason": reason, "code": "not_verified", **facts}
        return 200, {"status": "failed over", **facts}

    def _node_in(self, body):
        """The node that a request names, None for any; an answer when it is none of this balancer's."""
        to = body.get("to")
        if to is None or isinstance(to, int) and not isinstance(to, bool) and to in self.fleet.nodes:
            return to
        return problem(404, "Node not found", f"there is no node {to} behind this balancer", "no_such_node")

    def pause(self, body):
        hold = self.agent.hold
        if not hold.enabled:
            return problem(409, "Clients not held", "hold is off for this balancer", "hold_off")
        seconds = seconds_in(body, PAUSE_BOUND)
        hold.open_all(ASKED)
        try:
            holder, open_ones = hold.shut(ASKED, seconds, min(seconds, PAUSE_BOUND) / 2)
        except HoldError as error:
            return problem(503, "Clients not held", str(error))
        if open_ones:
            hold.open(holder)
            return problem(503, "Clients not held", f"{open_ones} transactions did not end; clients were let go")
        return 200, {"status": "paused", **{key: value for key, value in hold.document().items() if key != "enabled"}}

    def resume(self, body):
        hold = self.agent.hold
        if not hold.enabled:
            return problem(409, "Clients not resumed", "hold is off for this balancer", "hold_off")
        ended = hold.open_all(ASKED)
        return 200, {"status": "resumed" if ended else "nothing to do", "state": hold.document()["state"]}

    def reload(self, body):
        try:
            names, restarted = self.reconciler.reload_parameters()
        except SettingsError as error:
            return problem(409, "Configuration not reloaded", str(error))
        if self.agent.hold.enabled:
            self.agent.bouncer.reload(self.reconciler.settings.parameters)
        deadline = time.monotonic() + VERIFY_BOUND
        while time.monotonic() < deadline:
            try:
                with PCP(self.agent.settings.secret("pcp")) as pcp:
                    count = pcp.node_count()
                if count > max(self.reconciler.included, default=-1):
                    log(f"configuration reloaded by request: {', '.join(names) or 'nothing changed'}")
                    return 200, {"status": "reloaded", "message": "Configuration reloaded successfully",
                                 "backends": count, "reloaded": names, "restarted": restarted}
            except PCPError:
                pass
            time.sleep(0.1)
        return problem(504, "Configuration not reloaded", f"pgpool did not answer within {VERIFY_BOUND:g} s")

    def secrets(self, body):
        """Takes over the secrets that pgbc has changed."""
        names, reason = self.agent.rotation.take()
        if reason:
            return problem(503, "Secrets not taken", reason, "not_taken")
        return 200, {"status": "taken" if names else "nothing to do", "secrets": names}

    def logrotate(self, body):
        return problem(501, "Log rotation not available", "the log goes to stderr; the container engine keeps it")

    def invalidate(self, body):
        return problem(501, "Query cache not available", "pgpool-II 4.3 has no call that empties its query cache")

    def watchdog(self, body):
        return problem(501, "Watchdog not available", "one balancer runs alone; no watchdog is configured")


def pool_nodes(agent):
    """SHOW POOL_NODES by node id through the SQL port; None when no pgpool child answered in time."""
    link = Link("127.0.0.1", agent.pool_port, "pgbc_monitor", agent.settings.secret("monitor"))
    try:
        rows = link.ask_all("SHOW POOL_NODES", SQL_BOUND)
        return {int(row["node_id"]): row for row in rows}
    except (psycopg2.Error, Unanswered):
        return None
    finally:
        link.close()
