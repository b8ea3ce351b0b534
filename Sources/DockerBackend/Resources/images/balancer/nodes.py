"""What each PostgreSQL node says about itself, asked twice a second over a connection that stays open."""

import os
import select
import threading
import time
from dataclasses import dataclass, field

import psycopg2

from link import Link, Unanswered

INTERVAL = 0.5
HASTE = 0.1  # the interval while a node has failed for less than IMPATIENCE seconds
IMPATIENCE = 20.0
BOUND = 1.0
QUIET = 3.0  # seconds; a standby that lives sends the primary a word each second
ENDED_BOUND = 0.15  # for the question after a server has ended its connection: a living one takes a new one at once

QUERY = f"""
SELECT r.recovery,
       (CASE WHEN r.recovery THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
             ELSE pg_current_wal_lsn() END - '0/0')::bigint,
       (pg_last_wal_replay_lsn() - '0/0')::bigint,
       CASE WHEN r.recovery
            THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
                          (SELECT max(('x' || substr(name, 1, 8))::bit(32)::int) FROM pg_ls_waldir()
                           WHERE name ~ '^[0-9A-F]{{24}}$'),
                          (SELECT timeline_id FROM pg_control_checkpoint()))
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
       CASE WHEN NOT r.recovery OR pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END,
       (SELECT status FROM pg_stat_wal_receiver),
       CASE WHEN NOT r.recovery THEN
            (SELECT json_object_agg(application_name, state) FROM pg_stat_replication
             WHERE application_name LIKE 'pgbc\\_%') END,
       CASE WHEN NOT r.recovery THEN
            (SELECT json_agg(application_name) FROM pg_stat_replication
             WHERE reply_time < clock_timestamp() - interval '{QUIET} s') END,
       current_setting('transaction_read_only') = 'on',
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8
FROM (SELECT pg_is_in_recovery() AS recovery) r
"""


@dataclass(frozen=True)
class Sample:
    """One answer of a node. `lsn` in bytes from 0/0: of a primary what it wrote, of a replica what it has received."""

    at: float
    recovery: bool
    lsn: int
    replayed: int | None
    timeline: int
    lag_seconds: float | None
    receiver: str | None
    senders: dict = field(default_factory=dict)
    quiet: frozenset = frozenset()  # senders' names of which a primary has not heard for QUIET seconds
    read_only: bool = False
    uptime: float = 0.0  # seconds since the server started

    @property
    def writable(self):
        return not self.recovery and not self.read_only

    @property
    def leads(self):
        """True of a primary, also of one that its settings make read-only: that is meant so, and no other is better."""
        return not self.recovery

    def hears(self, name):
        """True when this primary has a standby of that name, and has heard of it of late."""
        return self.senders.get(name) == "streaming" and name not in self.quiet


def sample_of(row, at):
    recovery, lsn, replayed, timeline, lag, receiver, senders, quiet, read_only, uptime = row
    refuses = read_only and not recovery
    return Sample(at, recovery, lsn or 0, replayed, timeline or 0, lag, receiver, senders or {},
                  frozenset(quiet or ()), refuses, uptime)


def known_timeline(before, sample):
    """The timeline a node is on. Without a stream it only tells that of its files, or of its last checkpoint: this may
    lie many behind, because a replica seldom has a checkpoint of its own."""
    exact = not sample.recovery or sample.receiver == "streaming"
    return sample.timeline if exact else max(before, sample.timeline)


class Watch(threading.Thread):
    """Keeps the latest sample of one node. Failing is a state here, not an error: `problem` says which."""

    def __init__(self, node, secrets, on_change=lambda: None):
        super().__init__(name=f"watch-{node.id}", daemon=True)
        self.node = node
        self.link = Link(node.address, node.port, "pgbc_monitor", secrets)
        self.on_change = on_change
        self.changed = threading.Condition()
        self.alarm, self.bell = os.pipe()
        os.set_blocking(self.bell, False)
        self.stopped = False
        self.sample = None
        self.problem = "not asked yet"
        self.hangs = False
        self.failing_since = time.monotonic()
        self.asked_at = 0.0
        self.timeline = 0

    def run(self):
        bound = BOUND
        while not self.stopped:
            self._ask(bound)
            ended = self._rest(HASTE if 0 < self.failing_for() < IMPATIENCE else INTERVAL)
            bound = ENDED_BOUND if ended else BOUND
        self.link.close()
        with self.changed:
            for descriptor in (self.alarm, self.bell):
                os.close(descriptor)

    def stop(self):
        self.stopped = True
        self.want()

    def want(self):
        """Asks for a sample now."""
        try:
            os.write(self.bell, b"!")
        except OSError:
            pass  # it rings already, or the watch has ended

    def _rest(self, seconds):
        """Until the bell rings, the time is over, or the server says something unasked: mostly the end; then True."""
        descriptor = self.link.descriptor()
        watched = [self.alarm] if descriptor is None else [self.alarm, descriptor]
        try:
            ready = select.select(watched, [], [], seconds)[0]
        except (OSError, ValueError):  # the connection was closed from another thread in this moment
            return True
        if self.alarm in ready:
            os.read(self.alarm, 1024)
        return descriptor in ready

    def _ask(self, seconds):
        began = time.monotonic()
        sample, problem, hangs = None, None, False
        try:
            sample = sample_of(self.link.ask_prepared("watched", QUERY, seconds), began)
        except Unanswered as error:
            problem, hangs = str(error), True
        except psycopg2.Error as error:
            problem = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        was_failing = self.problem is not None
        with self.changed:
            if sample:
                self.timeline = known_timeline(self.timeline, sample)
                self.sample, self.failing_since = sample, None
            elif self.failing_since is None:
                self.failing_since = began
            self.problem, self.hangs, self.asked_at = problem, hangs, began
            self.changed.notify_all()
        if was_failing != (problem is not None):
            self.on_change()

    def lost(self):
        """True while a server that had answered has ended its connection and not taken a new one."""
        return self.problem is not None and self.sample is not None and self.link.ended_at > self.sample.at

    def latest(self, within=2 * INTERVAL + BOUND):
        """The latest sample if the node answered the last question and that is not older than `within` seconds."""
        sample = self.sample
        return sample if sample and not self.problem and time.monotonic() - sample.at <= within else None

    def failing_for(self):
        """Seconds since the node began to fail; 0 while it answers."""
        since = self.failing_since
        return 0.0 if since is None else time.monotonic() - since

    def fresh(self, seconds, asked=None):
        """A sample that was asked for at or after `asked` (default: now); None when there is none within `seconds`."""
        asked = asked or time.monotonic()
        deadline = asked + seconds
        with self.changed:
            while self.asked_at < asked:
                self.want()
                left = deadline - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    return None
            return self.sample if not self.problem else None


def fresh_samples(watches, seconds):
    """Fresh samples by node id of those that answer within `seconds`; all are asked at the same time."""
    asked = time.monotonic()
    for watch in watches:
        watch.want()
    found = {watch.node.id: watch.fresh(seconds, asked) for watch in watches}
    return {id: sample for id, sample in found.items() if sample}
