"""Takes over secrets that pgbc has changed: the roles get their new passwords, and pgpool the ones that it uses itself.

pgbc writes the new secret, and the one before beside it until all balancers have taken the new one. A change that pgbc began and
did not end is completed here, whatever was cut: what a role's password is now is told by logging in with it.
"""

import threading
import time

import psycopg2

import config
import login
from decide import IN_POOL
from journal import log
from link import Link, Unanswered
from pcp import PCP, PCPError
from pgpool import PCP_CONF, write_private

ROLES = {"superuser": "postgres", "replication": "pgbc_replicator", "monitor": "pgbc_monitor"}
OTHERS = ("pcp", "rest")
REPEAT = 1.0  # seconds between looks at what is left to do
SQL_BOUND = 5.0
LOOK = 0.2
LOOK_BOUND = 1.0
SPARED_BOUND = 3.0  # seconds for pgpool to take over that it has to bear with its nodes
REPLAY_BOUND = 2.0  # seconds for the replicas to have the new passwords too; those that are later are borne with meanwhile
CHECKED_BOUND = 10.0  # seconds for pgpool's health checks to have logged in with the new password
# The server hashes no password, so that none can stand in its log; and a commit waits for no replica.
ALTER = "SET synchronous_commit = local; SET lock_timeout = 3000; ALTER ROLE {} PASSWORD %s"


class Rotation:
    def __init__(self, settings, fleet, failover, reconciler, pgpool, ports):
        """`ports` are pgpool's, and the clients' where another program is in front of it."""
        self.settings, self.fleet, self.failover = settings, fleet, failover
        self.reconciler, self.pgpool, self.ports = reconciler, pgpool, ports
        self.lock = threading.Lock()
        self.tried_at = 0.0
        self.term = None  # of the primary whose roles were changed
        self.untold = set()  # names of secrets that were taken and that pgpool has not been told of
        self.late = set()  # ids of nodes that pgpool bears with until they have the new passwords
        self.pooled = set()  # (id, pid) of pgpool's connections that were made with an old password
        self.failing = set()  # ids of nodes that failed when a change began

    def due(self):
        """Names of secrets that were changed and not taken yet; a primary that took over since may not have heard of it."""
        record = self.failover.record_file.read()
        changing = {name: self.settings.secrets(name) for name in (*ROLES, *OTHERS) if self.settings.secret_before(name)}
        found = {name for name, (in_force, *others) in changing.items()
                 if others and (in_force == self.settings.secret_before(name)
                                or name in ROLES and record and record.term != self.term)}
        return [name for name in (*ROLES, *OTHERS) if name in found | self.untold]

    def begin(self):
        """What is left to do, beside the agent's rounds, because it waits for pgpool."""
        if time.monotonic() - self.tried_at < REPEAT or self.lock.locked() or self.failover.operation:
            return
        if self.late or self.pooled or self.due():
            threading.Thread(target=self.take, name="secrets", daemon=True).start()

    def take(self):
        """The names that were taken, and None or why they were not."""
        with self.lock:
            self.tried_at = time.monotonic()
            names = self.due()
            problem = self._take(names) if names else None
            self._let_go()
            self._end_pooled()
            if names:
                log(f"secrets {', '.join(names)}: " + (f"not taken: {problem}" if problem else "the new ones are in force"))
            return names, problem

    def _take(self, names):
        self.failing = self._failing()
        roles = [name for name in names if name in ROLES]
        node, term = self._primary() if roles else (None, None)
        if roles and node is None:
            return "there is no primary that could take them"
        if "monitor" in names and self.pgpool.running():
            self._spare(self.reconciler.included)
        problem = self._alter(node, term, roles) if roles else None
        taken = self._taken(roles) if problem else names
        self.settings.take(taken)
        self.untold |= set(taken)
        if problem:
            return problem
        try:
            self._tell_pgpool(names)
        except (psycopg2.Error, Unanswered, PCPError, OSError) as error:
            return f"pgpool: {words_of(error)}"
        self.untold -= set(names)
        return None

    # PostgreSQL

    def _primary(self):
        record = self.failover.record_file.read()
        watch = self.fleet.watch(record.primary) if record else None
        sample = watch.fresh(1.0) if watch else None
        return (watch.node, record.term) if sample and sample.leads else (None, None)

    def _alter(self, node, term, names):
        """None, or why the roles have not got their new passwords."""
        link = Link(node.address, node.port, "postgres", lambda: self.settings.secrets("superuser"))
        try:
            for name in names:
                link.ask(ALTER.format(ROLES[name]), SQL_BOUND, (login.verifier(self.settings.secret_new(name)),))
        except (psycopg2.Error, Unanswered) as error:
            return words_of(error)
        finally:
            link.close()
        self.term = term
        return None

    def _taken(self, names):
        """Those whose roles have the new passwords although the answer was lost."""
        node, _ = self._primary()
        return [name for name in names if node and self._lets_in(node, name)]

    def _lets_in(self, node, name):
        return self._is_good(node, name, self.settings.secret_new(name))

    def _is_good(self, node, name, password):
        try:
            return login.is_right(node.address, node.port, ROLES[name], password, SQL_BOUND)
        except (login.Unavailable, OSError, ValueError):
            return False

    # pgpool

    def _spare(self, ids):
        """Has pgpool bear with nodes whose health checks fail while its password is not the role's."""
        for id in sorted(ids):
            self.reconciler.spare(id, True)
            self.late.add(id)
        wanted = {f"backend_flag{id}": "DISALLOW_TO_FAILOVER" for id in ids}
        if not self._until(SPARED_BOUND, lambda: wanted.items() <= self._shown().items()):
            log("secrets: pgpool was not seen to bear with its nodes")

    def _let_go(self):
        """Has pgpool count those that have the new password, or that have gone, as before."""
        for id in sorted(self.late):
            watch = self.fleet.watch(id)
            # With the password that pgpool uses.
            good = "monitor" not in self.untold and watch and self._is_good(
                watch.node, "monitor", self.settings.secret("monitor"))
            if watch is None or watch.failing_for() or good:
                self.reconciler.spare(id, False)
                self.late.discard(id)

    def _tell_pgpool(self, names):
        if "pcp" in names:
            write_private(PCP_CONF, config.pcp_conf(self.settings.secret("pcp")))
        if not self.pgpool.running():
            return
        if "monitor" in names:
            self.reconciler.reload()
        users = [ROLES[name] for name in names if name in ROLES]
        self.pooled |= {place for place, row in self._pooled_rows().items() if row["username"] in users}
        if len(self.ports) > 1:
            self._log_in_in_front(names)
        if self.late:
            self._until(REPLAY_BOUND, lambda: all(self._lets_in(watch.node, "monitor") for watch in self._borne()))
        if self.late and self.reconciler.settings.parameters.get("health_check_period") != "0":
            self._await_checks()

    def _log_in_in_front(self, names):
        """PgBouncer opens sessions for a user with the password that the last login of that user was good with."""
        for name in {"superuser", "monitor"} & set(names):
            link = Link("127.0.0.1", self.ports[-1], ROLES[name], self.settings.secret(name))
            try:
                link.ask("SELECT 1", SQL_BOUND)
            finally:
                link.close()

    def _end_pooled(self):
        """Ends pgpool's connections that were made with an old password, once no client uses them: it lets in who knows that
        password, and nobody else."""
        if not self.pooled or not self.pgpool.running():
            self.pooled = set()
            return
        try:
            rows = self._pooled_rows()
            self.pooled &= set(rows)
            for id, pid in sorted(self.pooled):
                watch = self.fleet.watch(id)
                if rows[id, pid]["connected"] == "0" and watch and not watch.failing_for():
                    self._end(watch.node, pid)
                    self.pooled.discard((id, pid))
        except (psycopg2.Error, Unanswered, PCPError) as error:
            log(f"secrets: pooled connections: {words_of(error)}; tried again")

    def _pooled_rows(self):
        """pgpool's connections to servers, by node and process there. Asked of PCP: a full pool answers no SQL."""
        with PCP(self.settings.secret("pcp")) as pcp:
            rows = pcp.processes()
        return {(int(row["backend"]), int(row["backend_pid"])): row for row in rows if row["database"]}

    def _end(self, node, pid):
        link = Link(node.address, node.port, "postgres", lambda: self.settings.secrets("superuser"))
        try:
            link.ask("SELECT pg_terminate_backend(%s)", SQL_BOUND, (pid,))
        finally:
            link.close()

    def _await_checks(self):
        """Until pgpool's health checks have logged in anew: the first after the change may have begun before it."""
        behind = {watch.node.id for watch in self._borne() if not self._lets_in(watch.node, "monitor")}
        before = {id: health["total_count"] for id, health in self._checks().items()}
        if not self._until(CHECKED_BOUND, lambda: all(
                int(health["total_count"]) > int(before.get(id, 0)) + 1
                and health["last_health_check"] == health["last_successful_health_check"]
                for id, health in self._checks().items() if id not in behind)):
            log("secrets: pgpool's health checks were not seen to log in anew")

    def _borne(self):
        return [watch for watch in self.fleet.watches() if watch.node.id in self.late and not watch.failing_for()]

    def _checks(self):
        with PCP(self.settings.secret("pcp")) as pcp:
            return {id: node.health for id, node in pcp.nodes().items() if node.status in IN_POOL}

    def _shown(self):
        link = Link("127.0.0.1", self.ports[0], "pgbc_monitor", self.fleet.monitor_secrets)
        try:
            return {row["item"]: row["value"] for row in link.ask_all("SHOW POOL_STATUS", LOOK_BOUND)}
        finally:
            link.close()

    def _failing(self):
        return {watch.node.id for watch in self.fleet.watches() if watch.failing_for()}

    def _until(self, seconds, look):
        """False after the time, and at once when another node fails: pgpool must let go of it then. No answer is no yes."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if look():
                    return True
            except (psycopg2.Error, Unanswered, PCPError):
                pass
            if time.monotonic() > deadline or self._failing() - self.failing:
                return False
            time.sleep(LOOK)


def words_of(error):
    return " ".join(str(error).split()) or type(error).__name__
