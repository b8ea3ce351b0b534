"""Takes over secrets that pgbc has changed: the roles get their new passwords, and pgpool the ones that it uses itself.

pgbc writes the new secret, and the one before beside it until all balancers have taken the new one. A change that pgbc began and
did not end is completed here.
"""

import threading
import time

import psycopg2

import config
from journal import log
from link import Link, Unanswered
from pgpool import PCP_CONF, write_private

ROLES = {"superuser": "postgres", "replication": "pgbc_replicator", "monitor": "pgbc_monitor"}
OTHERS = ("pcp", "rest")
REPEAT = 3.0  # seconds before a change that failed is tried again
SQL_BOUND = 5.0
LOOK = 0.05
SPARED_BOUND = 3.0  # seconds for pgpool to take over that it has to bear with its nodes
CHECKED_BOUND = 10.0  # seconds for its health checks to have logged in with the new password
# Nothing of it is written to the server's log, and it waits for no replica.
QUIETLY = """
SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off; SET password_encryption = 'scram-sha-256'; SET synchronous_commit = local
"""


class Rotation:
    def __init__(self, settings, fleet, record_file, reconciler, pgpool, pool_port):
        self.settings, self.fleet, self.record_file = settings, fleet, record_file
        self.reconciler, self.pgpool, self.pool_port = reconciler, pgpool, pool_port
        self.lock = threading.Lock()
        self.tried_at = 0.0
        self.term = None  # of the primary that has changed its roles
        self.failing = set()  # ids of nodes that failed when a change began

    def due(self):
        """Names of secrets that were changed and not taken yet; a primary that took over since may not have heard of it."""
        record = self.record_file.read()
        changing = {name: self.settings.secrets(name) for name in (*ROLES, *OTHERS) if self.settings.secret_before(name)}
        return [name for name, (in_force, *others) in changing.items()
                if others and (in_force == self.settings.secret_before(name)
                               or name in ROLES and record and record.term != self.term)]

    def begin(self):
        """Beside the agent's rounds, because it waits for pgpool."""
        if time.monotonic() - self.tried_at < REPEAT or self.lock.locked() or not self.due():
            return
        threading.Thread(target=self.take, name="secrets", daemon=True).start()

    def take(self):
        """The names that were taken, and None or why they were not."""
        with self.lock:
            self.tried_at = time.monotonic()
            names = self.due()
            if not names:
                return [], None
            self.failing = self._failing()
            checked = "monitor" in names and self.pgpool.running()
            spared = sorted(self.reconciler.included) if checked else []
            try:
                problem = self._spare(spared) or self._alter([name for name in names if name in ROLES])
                if problem is None:
                    self.settings.take(names)
                    self._tell_pgpool(names, spared)
            except (psycopg2.Error, Unanswered, OSError) as error:
                problem = " ".join(str(error).split()) or type(error).__name__
            finally:
                for id in spared:
                    self.reconciler.spare(id, False)
            log(f"secrets {', '.join(names)}: " + (f"not taken: {problem}" if problem else "the new ones are in force"))
            return names, problem

    def _alter(self, names):
        """None, or why the roles could not get their new passwords."""
        if not names:
            return None
        record = self.record_file.read()
        watch = self.fleet.watch(record.primary) if record else None
        sample = watch.fresh(1.0) if watch else None
        if not sample or not sample.leads:
            return "there is no primary that could take them"
        link = Link(watch.node.address, watch.node.port, "postgres", lambda: self.settings.secrets("superuser"))
        try:
            link.ask(QUIETLY, SQL_BOUND)
            for name in names:
                password = next(one for one in self.settings.secrets(name) if one != self.settings.secret_before(name))
                link.ask(f"ALTER ROLE {ROLES[name]} PASSWORD %s", SQL_BOUND, (password,))
        finally:
            link.close()
        self.term = record.term
        return None

    def _spare(self, ids):
        """Has pgpool bear with nodes whose health checks fail while its password is not the role's; None, or why it does not."""
        for id in ids:
            self.reconciler.spare(id, True)
        wanted = {f"backend_flag{id}": "DISALLOW_TO_FAILOVER" for id in ids}
        if self._until(SPARED_BOUND, lambda: wanted.items() <= self._shown().items()):
            return None
        return "pgpool does not bear with its nodes meanwhile"

    def _tell_pgpool(self, names, spared):
        if "pcp" in names:
            write_private(PCP_CONF, config.pcp_conf(self.settings.secret("pcp")))
        if not self.pgpool.running():
            return
        if "monitor" in names:
            self.reconciler.reload()
        self._end_pooled([ROLES[name] for name in names if name in ROLES])
        if spared and self._shown()["health_check_period"] != "0":
            self._await_checks()

    def _end_pooled(self, users):
        """Ends pgpool's connections that no client uses: it lets in who knows the password with which one of them was made."""
        rows = [row for row in self._ask("SHOW POOL_POOLS") if row["username"] in users and row["pool_connected"] == "0"]
        for id, pid in {(int(row["backend_id"]), int(row["pool_backendpid"])) for row in rows}:
            watch = self.fleet.watch(id)
            if watch:
                self._end(watch.node, pid)

    def _end(self, node, pid):
        link = Link(node.address, node.port, "postgres", lambda: self.settings.secrets("superuser"))
        try:
            link.ask("SELECT pg_terminate_backend(%s)", SQL_BOUND, (pid,))
        except (psycopg2.Error, Unanswered) as error:
            log(f"secrets: a pooled connection to node {node.id} was not ended: {error}")
        finally:
            link.close()

    def _await_checks(self):
        """Until pgpool's health checks have logged in anew: the first after the change may have begun before it."""
        before = {row["node_id"]: int(row["total_count"]) for row in self._checks()}
        if not self._until(CHECKED_BOUND, lambda: all(
                int(row["total_count"]) > before.get(row["node_id"], 0) + 1
                and row["last_health_check"] == row["last_successful_health_check"] for row in self._checks())):
            log("secrets: pgpool's health checks were not seen to log in anew")

    def _checks(self):
        return [row for row in self._ask("SHOW POOL_HEALTH_CHECK_STATS") if row["status"] == "up"]

    def _shown(self):
        return {row["item"]: row["value"] for row in self._ask("SHOW POOL_STATUS")}

    def _ask(self, sql):
        link = Link("127.0.0.1", self.pool_port, "pgbc_monitor", lambda: self.settings.secrets("monitor"))
        try:
            return link.ask_all(sql, SQL_BOUND)
        finally:
            link.close()

    def _failing(self):
        return {watch.node.id for watch in self.fleet.watches() if watch.failing_for()}

    def _until(self, seconds, look):
        """False after the time, and at once when another node fails: pgpool must let go of it then."""
        deadline = time.monotonic() + seconds
        while not look():
            if time.monotonic() > deadline or self._failing() - self.failing:
                return False
            time.sleep(LOOK)
        return True
