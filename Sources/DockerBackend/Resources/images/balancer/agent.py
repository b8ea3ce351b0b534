"""PID 1 of the balancer's container: starts pgpool once there is a primary and keeps it true to the cluster."""

import functools
import re
import signal
import socketserver
import sys
import threading
import time
import traceback

import children
import config
import knock
import settings
from bell import is_heard
from bouncer import Bouncer
from failover import Failover
from fence import Fence
from fleet import Fleet
from hold import Hold
from journal import log
from landing import Landing
from logins import Logins
from pgpool import Pgpool
from reconcile import HASTE, INTERVAL, Reconciler
from record import RecordFile
from rotation import Rotation
from story import History

PRIMARY_BOUND = 60.0
PRIMARY_LOOK = 0.3
REPLICAS_BOUND = 0.8
CREATION_BOUND = 10.0  # the same while the cluster is being made: the other containers are not all started yet
ARRIVAL_BOUND = 3.0  # seconds of that in which a node that does not run yet may still come
COMMAND_PORT = 9701


class Stop(Exception):
    """The container is to stop."""


class CommandServer(socketserver.ThreadingTCPServer):
    """Where pgpool's failover command and PgBouncer's logins ask; on loopback only."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, failover, logins, after_login):
        self.failover, self.logins, self.after_login = failover, logins, after_login
        super().__init__(("127.0.0.1", COMMAND_PORT), CommandHandler)
        threading.Thread(target=self.serve_forever, name="commands", daemon=True).start()


class CommandHandler(socketserver.StreamRequestHandler):
    timeout = 5.0

    def handle(self):
        words = self.rfile.readline(200).decode("ascii", "replace").split()
        try:
            answer = self.login(words) if words[:1] == ["login"] else self.failover(words)
            self.wfile.write(f"{answer}\n".encode())
            if words[:1] == ["login"]:
                self.server.after_login()
        except (ValueError, OSError) as error:
            log(f"command {' '.join(words)}: {error}")

    def failover(self, words):
        failed, primary = (int(word) for word in words[1:3])
        try:
            return self.server.failover.asked_by_pgpool(failed, primary)
        except OSError as error:
            log(f"failover command {' '.join(words)}: {error}")
            return f"failed: {error}"

    def login(self, words):
        lengths = [int(word) for word in words[1:3]]
        user, password = (self.rfile.read(length).decode() for length in lengths)
        return "yes" if self.server.logins.are_right(user, password) else "no"


class Agent:
    def __init__(self):
        self.began = time.monotonic()
        self.settings = settings.load()
        self.fleet = Fleet(self.settings.directory, self.settings.secrets)
        self.record_file = RecordFile(self.settings.directory)
        self.fence = Fence()
        self.pool_port = config.pool_port(self.settings.hold)
        self.hold, self.bouncer = Hold(self.settings.hold), Bouncer()
        self.history = History(self.settings.directory)
        self.pgpool = Pgpool()
        self.landing = Landing(self.fleet, self.pgpool, self.pool_port)
        self.failover = Failover(
            self.fleet, self.record_file, self.fence, self.hold, self.landing, self.history)
        self.reconciler = Reconciler(
            self.settings, self.fleet, self.record_file, self.failover, self.fence, self.pgpool, self.hold,
            self.landing)
        self.rotation = Rotation(
            self.settings, self.fleet, self.failover, self.reconciler, self.pgpool,
            [self.pool_port, config.pool_port(False)] if self.settings.hold else [self.pool_port])
        self.logins = Logins(self.fleet, self.record_file)
        self.rest = None
        self.stopping = threading.Event()

    def start_rest(self):
        """Once; imported late, because HTTP takes longer to load than all the rest."""
        if self.rest is None:
            import rest
            self.rest = rest.Server(self)

    @functools.cache
    def version(self):
        """Version of pgpool-II, such as 4.3.5."""
        found = re.search(r"\d+(\.\d+)+", children.output(["/usr/sbin/pgpool", "--version"], 5.0))
        return found[0] if found else "unknown"

    def stop_requested(self, *_):
        self.stopping.set()
        self.fleet.wake()

    def check_stop(self):
        if self.stopping.is_set():
            raise Stop

    def wait_for_primary(self):
        """Waits until the recorded primary is one; the guard may promote another one meanwhile.

        A pgpool that starts before would send writes to a replica.
        """
        def meanwhile():
            self.check_stop()
            self.start_rest()
        settings.wait_for("the nodes file", PRIMARY_BOUND, lambda: self.fleet.reread() or self.fleet.nodes,
                       meanwhile=meanwhile)
        settings.wait_for("the record of the primary", PRIMARY_BOUND, self.record_file.read, meanwhile=meanwhile)
        settings.wait_for("the recorded primary to be one", PRIMARY_BOUND, self.primary_leads,
                          meanwhile=meanwhile)

    def primary_leads(self):
        self.fleet.reread()
        record = self.record_file.read()
        self.reconciler.guard.watch_over_primary(record)
        record = self.record_file.read()
        watch = self.fleet.watch(record.primary)
        sample = watch.fresh(PRIMARY_LOOK) if watch else None
        return bool(sample and sample.leads)

    def ready_nodes(self):
        """The nodes that pgpool can start with: replicas that are just starting are given a moment, because each one
        that comes later costs clients an interruption."""
        primary = self.record_file.read().primary
        now = time.monotonic()
        deadline, patience = now + REPLICAS_BOUND, now
        if self.record_file.is_first_since(CREATION_BOUND):
            deadline, patience = now + CREATION_BOUND, now + ARRIVAL_BOUND
        waiting, ready = set(self.fleet.nodes) - self.fleet.detached - {primary}, {primary}
        while True:
            self.check_stop()
            ready |= self.accepting(waiting)
            waiting -= ready
            if time.monotonic() > patience:
                waiting = {id for id in waiting if is_heard(self.fleet.directory, id)}
            if not waiting or time.monotonic() > deadline:
                return sorted(ready)
            time.sleep(0.02)

    def accepting(self, ids):
        """Those of the nodes that take connections. All are asked at once: one that is not there yet takes the whole bound."""
        found = set()
        threads = [threading.Thread(target=lambda id=id: self.accepts(id) and found.add(id)) for id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def accepts(self, id):
        node = self.fleet.nodes[id]
        return knock.knock(node.address, node.port, 0.1) == knock.ACCEPTING

    def start_pgpool(self):
        ready = self.ready_nodes()
        self.reconciler.include(ready)
        for name in config.refused(self.settings.parameters):
            log(f"parameter {name} is set by pgbc; the value in balancer.json is not used")
        self.pgpool.start(self.reconciler.rendered(), config.pcp_conf(self.settings.secret("pcp")))
        if self.hold.enabled:
            self.reconciler.await_pgpool()
            self.start_bouncer()
        log(f"pgpool started {time.monotonic() - self.began:.3f} s after the agent, with nodes {ready}")

    def start_bouncer(self):
        self.bouncer.start(self.reconciler.settings.parameters)
        if not self.bouncer.wait_for_console():
            log("PgBouncer has not opened its console in time")
        self.hold.forget()

    def has_lost_pgpool(self):
        """True when pgpool has ended by itself. Who restarts it, in whatever thread, holds the reconciler's lock."""
        if self.pgpool.running():
            return False
        with self.reconciler.lock:
            return not self.pgpool.running()

    def look_after_bouncer(self):
        if self.hold.enabled and not self.bouncer.running():
            log(f"PgBouncer ended unexpectedly with status {self.bouncer.process.returncode} and is started again")
            self.start_bouncer()

    def round(self):
        """One reconciliation. What goes wrong in it is logged and tried again: it must not take the clients down."""
        try:
            self.record_file.keep_spare()
            done = self.reconciler.round()
            self.rotation.begin()
            return done
        except Exception:
            log(f"reconciliation failed: {traceback.format_exc()}")
            return False

    def run(self):
        signal.signal(signal.SIGTERM, self.stop_requested)
        signal.signal(signal.SIGINT, self.stop_requested)
        commands = CommandServer(self.failover, self.logins, self.hold.nudge)
        try:
            self.wait_for_primary()
            try:
                self.rotation.take()
            except settings.SettingsError as error:
                log(f"secrets: {error}; tried again")
            self.start_pgpool()
            self.start_rest()
            pause = 0.0
            while True:
                self.fleet.awake.wait(pause)
                self.fleet.awake.clear()
                self.check_stop()
                if self.has_lost_pgpool():
                    log(f"pgpool ended unexpectedly with status {self.pgpool.process.returncode}")
                    return 1
                self.look_after_bouncer()
                pause = HASTE if self.round() else INTERVAL
                children.reap([one.process.pid for one in (self.pgpool, self.bouncer) if one.process])
        except Stop:
            log("stopping")
            return 0
        finally:
            self.bouncer.stop()
            self.pgpool.stop()  # it may be asking who is to be the primary
            commands.shutdown()


def main():
    try:
        return Agent().run()
    except settings.SettingsError as error:
        log(f"cannot go on: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
