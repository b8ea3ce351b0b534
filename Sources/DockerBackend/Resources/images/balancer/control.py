"""The calls that change something: each acts, then looks whether it happened. Answers are (HTTP status, document)."""

import time

import psycopg2

from decide import IN_POOL, unfit
from journal import log
from link import Link, Unanswered
from pcp import PCP, PCPError
from settings import SettingsError

VERIFY_BOUND = 8.0
SQL_BOUND = 1.5


def problem(status, error, reason):
    return status, {"error": error, "reason": reason}


class Control:
    def __init__(self, agent):
        self.agent, self.fleet, self.reconciler = agent, agent.fleet, agent.reconciler

    def snapshot(self):
        return self.reconciler.snapshot()

    def attach(self, id):
        self.fleet.set_detached(id, False)
        reason = unfit(self.snapshot(), id)
        if reason:
            return problem(409, "Node not attached", f"node {id}: {reason}; it is attached by itself when that ends")
        self.fleet.wake()
        if not self._reached(id, IN_POOL):
            return problem(504, "Node not attached", f"pgpool did not take node {id} up within {VERIFY_BOUND:g} s")
        return 200, {"message": "Node attached successfully", "node": id, "pool_status": self.fleet.pool_status(id)}

    def detach(self, id):
        record = self.agent.record_file.read()
        if record is None or id == record.primary:
            return problem(409, "Node not detached", f"node {id} is the primary: without it the balancer has no writes")
        self.fleet.set_detached(id, True)
        self.fleet.wake()
        if not self._reached(id, ("down", "unknown", "unused")):
            return problem(504, "Node not detached", f"pgpool did not let node {id} go within {VERIFY_BOUND:g} s")
        return 200, {"message": "Node detached successfully", "node": id, "pool_status": self.fleet.pool_status(id)}

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

    def promote(self, id):
        record = self.agent.record_file.read()
        if record is None:
            return problem(503, "Node not promoted", "there is no record of a primary")
        if id == record.primary:
            return problem(409, "Node not promoted", f"node {id} is the primary already")
        alive = self.agent.failover.still_writable(record.primary)
        if alive:
            return problem(409, "Node not promoted", f"the primary, node {record.primary}, {alive}; "
                           "a planned change goes through pgbc switchover")
        outcome = self.agent.failover.run(f"promotion of node {id} requested")
        now = self.agent.record_file.read()
        if now and now.primary == id and self.agent.failover.still_writable(id):
            return 200, {"message": "Node promoted to primary", "node": id, "term": now.term}
        return problem(409, "Node not promoted", f"the failover ended otherwise: {outcome}")

    def recovery(self, id):
        return problem(501, "Node recovery not available",
                       f"node {id} rewinds or clones itself when its container starts; restart it or use pgbc")

    def reload(self):
        try:
            self.reconciler.reload_parameters()
        except SettingsError as error:
            return problem(409, "Configuration not reloaded", str(error))
        deadline = time.monotonic() + VERIFY_BOUND
        while time.monotonic() < deadline:
            try:
                with PCP(self.agent.settings.secret("pcp")) as pcp:
                    count = pcp.node_count()
                if count > max(self.reconciler.included, default=-1):
                    log("configuration reloaded by request")
                    return 200, {"message": "Configuration reloaded successfully", "backends": count}
            except PCPError:
                pass
            time.sleep(0.1)
        return problem(504, "Configuration not reloaded", f"pgpool did not answer within {VERIFY_BOUND:g} s")

    def logrotate(self):
        return problem(501, "Log rotation not available", "the log goes to stderr; the container engine keeps it")

    def invalidate(self):
        return problem(501, "Query cache not available", "pgpool-II 4.3 has no call that empties its query cache")

    def watchdog(self):
        return problem(501, "Watchdog not available", "one balancer runs alone; no watchdog is configured")


def pool_nodes(agent):
    """SHOW POOL_NODES by node id through the SQL port; None when no pgpool child answered in time."""
    link = Link("127.0.0.1", 9999, "pgbc_monitor", agent.settings.secret("monitor"))
    try:
        rows = link.ask_all("SHOW POOL_NODES", SQL_BOUND)
        return {int(row["node_id"]): row for row in rows}
    except (psycopg2.Error, Unanswered):
        return None
    finally:
        link.close()
