"""Holding clients: from `shut` to `open` their transactions wait at PgBouncer. Every hold has a deadline of its own."""

import contextlib
import threading
import time

from bouncer import SOCKET
from console import Console, ConsoleError, ConsoleRefusal
from journal import log

ASK_BOUND = 1.0
LOOK = 0.005  # seconds between looks at the transactions that are still open
AGAIN = 1.0  # seconds until PgBouncer is told once more to let clients go
NUDGE = 0.04
NUDGE_STEP = 0.003
BUSY = ("sv_active", "sv_login", "sv_active_cancel", "sv_being_canceled")
OWN_USER = "pgbc_monitor"  # only pgbc's questions about the cluster are asked in its name; they are asked again
OWN_BOUND = 0.2  # seconds that such a question is waited for: SHOW POOL_NODES may take longer than a transaction


class HoldError(Exception):
    """PgBouncer could not be told to hold its clients."""


class Holder:
    """One reason for which clients are held, and until when."""

    def __init__(self, why, seconds):
        self.why, self.deadline, self.until = why, time.monotonic() + seconds, time.time() + seconds


class Nudge(threading.Thread):
    """Keeps PgBouncer's loop turning for a moment after a login was answered.

    It looks for PAM's answers only when something else happens, and its own clock ticks three times a second.
    """

    def __init__(self, connect):
        super().__init__(name="nudge", daemon=True)
        self.connect, self.console = connect, None
        self.changed, self.until = threading.Condition(), 0.0
        self.start()

    def __call__(self):
        with self.changed:
            self.until = time.monotonic() + NUDGE
            self.changed.notify_all()

    def run(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: time.monotonic() < self.until)
            try:
                self.console = self.console or self.connect()
                self.console.ask("SHOW VERSION", ASK_BOUND)
                time.sleep(NUDGE_STEP)
            except ConsoleError:
                self.until = 0.0
                if self.console:
                    self.console.close()
                self.console = None


class Hold:
    """Counts the reasons: clients go on when the last one has ended or run out of time."""

    def __init__(self, enabled, connect=lambda: Console(SOCKET)):
        self.enabled, self.connect = enabled, connect
        self.changed = threading.Condition(threading.RLock())
        self.holders = []
        self.is_shut = False
        self.is_owed = False  # clients were to go on, and PgBouncer could not be told
        self.console = self.pauser = None
        self.commands = threading.RLock()
        self.nudge = Nudge(connect) if enabled else lambda: None
        if enabled:
            threading.Thread(target=self._let_go_in_time, name="hold", daemon=True).start()

    # What operations use

    def shut(self, why, seconds, bound):
        """Clients wait from now on, for `seconds` at most. Answers the holder, and how many transactions are still
        open after `bound` seconds of waiting for them."""
        if not self.enabled:
            raise HoldError("hold is off for this balancer")
        holder = Holder(why, seconds)
        with self.changed:
            self.holders.append(holder)
            try:
                self._pause()
            except ConsoleError as error:
                self.open(holder)
                raise HoldError(str(error)) from error
            self.changed.notify_all()
        return holder, self._wait_until_quiet(bound)

    def open(self, holder):
        """This reason has ended. Without effect when it ran out of time before."""
        with self.changed:
            if holder in self.holders:
                self.holders.remove(holder)
            self._resume_if_free()
            self.changed.notify_all()

    def open_all(self, why):
        """Ends every hold for this reason; how many there were."""
        with self.changed:
            ended = [holder for holder in self.holders if holder.why == why]
            for holder in ended:
                self.open(holder)
            return len(ended)

    @contextlib.contextmanager
    def around(self, why, seconds, bound):
        """Holds clients around what is done inside; yields the number of transactions still open, 0 without hold.

        What is done inside is done even if PgBouncer does not answer.
        """
        holder, open_ones = None, 0
        if self.enabled:
            try:
                holder, open_ones = self.shut(why, seconds, bound)
            except HoldError as error:
                log(f"hold: {why}: {error}")
        try:
            yield open_ones
        finally:
            if holder:
                self.open(holder)

    def document(self):
        if not self.enabled:
            return {"enabled": False, "state": "running", "until": None, "waiting": 0, "clients": 0}
        counts = self.counts()
        with self.changed:
            until = max((holder.until for holder in self.holders), default=None)
            state = "paused" if self.is_shut or self.is_owed else "running"
        return {"enabled": True, "state": state, "until": until and round(until, 3),
                "waiting": counts["cl_waiting"], "clients": counts["cl_active"] + counts["cl_waiting"]}

    def counts(self):
        """PgBouncer's clients and sessions, over all pools; zeros while it does not answer."""
        try:
            rows = self._pools()
        except ConsoleError:
            rows = []
        return {key: sum(int(row[key]) for row in rows) for key in ("cl_active", "cl_waiting", *BUSY)}

    def busy(self):
        """Sessions that are in a transaction: of clients, and of pgbc itself. Raises ConsoleError while that cannot be asked."""
        rows = [(row.get("user") == OWN_USER, sum(int(row[key]) for key in BUSY)) for row in self._pools()]
        return sum(count for own, count in rows if not own), sum(count for own, count in rows if own)

    def _pools(self):
        return [row for row in self._ask("SHOW POOLS") if row["database"] != "pgbouncer"]

    def reconnect(self):
        """Sessions of pgpool that were made before now are not used for another transaction."""
        try:
            self._ask("RECONNECT")
        except ConsoleError as error:
            log(f"hold: RECONNECT: {error}")

    def forget(self):
        """PgBouncer was started anew: it holds nobody, and the consoles are gone."""
        with self.changed:
            self._drop("console")
            self._drop("pauser")
            self.is_shut = self.is_owed = False
            self.prepare()
            if self.holders:
                with contextlib.suppress(ConsoleError):
                    self._pause()

    # PgBouncer

    def _pause(self):
        """Sends PAUSE and does not wait: it answers when no transaction is open any more."""
        if self.is_shut:
            return
        with self.commands:
            try:
                self._connected("pauser").send("PAUSE")
            except ConsoleError:
                self._drop("pauser")
                self._connected("pauser").send("PAUSE")
        self.is_shut, self.is_owed = True, False

    def _resume_if_free(self):
        if self.holders or not (self.is_shut or self.is_owed):
            return
        self.is_shut = False
        self.is_owed = not self._resume()
        self.prepare()

    def _resume(self):
        """False when PgBouncer could not be told."""
        try:
            self._ask("RESUME")
        except ConsoleRefusal:
            pass  # it was not paused
        except ConsoleError as error:
            log(f"hold: RESUME: {error}; asked again until it hears it")
            return False
        return True

    def prepare(self):
        """Connects now, so that the next PAUSE need not. What the last one left unanswered is cut off."""
        with self.commands, contextlib.suppress(ConsoleError):
            if self.pauser and not self.pauser.is_idle():
                self._drop("pauser")
            self._connected("pauser")
            self._connected("console")

    def _wait_until_quiet(self, bound):
        begun = time.monotonic()
        while True:
            try:
                (clients, own), silence = self.busy(), None
            except ConsoleError as error:
                clients, own, silence = 1, 0, error
            waited = time.monotonic() - begun
            if waited > bound or not clients and (not own or waited > OWN_BOUND):
                if silence:
                    log(f"hold: SHOW POOLS: {silence}; that counts as an open transaction")
                return clients
            time.sleep(LOOK)

    def _ask(self, command):
        with self.commands:
            try:
                return self._connected("console").ask(command, ASK_BOUND)
            except ConsoleRefusal:
                raise
            except ConsoleError:
                self._drop("console")
                return self._connected("console").ask(command, ASK_BOUND)

    def _connected(self, name):
        found = getattr(self, name)
        if found is None:
            found = self.connect()
            setattr(self, name, found)
        return found

    def _drop(self, name):
        found = getattr(self, name)
        if found is not None:
            found.close()
            setattr(self, name, None)

    def _let_go_in_time(self):
        while True:
            with self.changed:
                now = time.monotonic()
                for holder in [holder for holder in self.holders if holder.deadline <= now]:
                    log(f"hold: {holder.why}: its time is over, clients are let go")
                    self.open(holder)
                self._resume_if_free()
                nearest = min((holder.deadline for holder in self.holders), default=now + 3600)
                self.changed.wait(AGAIN if self.is_owed else nearest - now)
