"""Whether clients can write again: pgpool sees the new primary, and a write through it has arrived there."""

import time

import psycopg2

from decide import IN_POOL
from journal import log
from link import Link, Unanswered
from pcp import PCP, PCPError

LOOK = 0.01
LAST_LOOK = 1.5
ATTEMPT_BOUND = 1.5
# Writes one record to the log, and says where. The comment keeps pgpool from sending it to a replica.
WRITE = """/*NO LOAD BALANCE*/ SELECT pg_logical_emit_message(true, 'pgbc', 'a write through the balancer')::text,
host(inet_server_addr())"""
SEEN = "SELECT NOT pg_is_in_recovery() AND pg_current_wal_flush_lsn() >= %s::pg_lsn"


class Landing:
    def __init__(self, fleet, pgpool, port):
        self.fleet, self.pgpool, self.port = fleet, pgpool, port

    def tell(self, id):
        """Makes pgpool notice at once what it would notice within a second or two: the old primary `id` is gone."""
        try:
            with PCP(self.fleet.secrets("pcp")[0]) as pcp:
                seen = pcp.nodes().get(id)
                if seen and seen.status in IN_POOL:
                    pcp.detach(id)
        except (PCPError, ValueError, IndexError) as error:
            log(f"pgpool was not told that node {id} is gone: {error}")

    def shut_door(self, mark, seconds):
        """New connections wait until pgpool has carried out a change since `mark`, for `seconds` at most."""
        with self.pgpool.door_shut():
            self.pgpool.settle(mark, seconds)

    def mark(self):
        """Taken before a change of primary, for `follow`."""
        return self.pgpool.mark()

    def follow(self, id, mark, seconds):
        """True once pgpool has carried out a change since `mark`, or has node `id` as its primary.

        Its PCP port is asked last: for a second after each change it may not answer.
        """
        followed = self.pgpool.running() and self.pgpool.settle(mark, seconds) or self.wait_for_pool(id, LAST_LOOK)
        self.pgpool.see_off(mark)
        return followed

    def wait_for_pool(self, id, seconds):
        """True once pgpool takes node `id` for the primary and has it up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.fleet.look_at_pool():
                seen = self.fleet.pool.get(id)
                if seen and seen.role == "primary" and seen.status in IN_POOL:
                    return True
            time.sleep(LOOK)
        return False

    def write(self, id, seconds):
        """What went wrong with a write through pgpool, tried until `seconds` are over; None when node `id` has it."""
        deadline, problem = time.monotonic() + seconds, "no time was left for it"
        while time.monotonic() < deadline:
            problem = self._attempt(id, min(ATTEMPT_BOUND, deadline - time.monotonic()))
            if problem is None:
                return None
            time.sleep(LOOK)
        return problem

    def _attempt(self, id, seconds):
        link = Link("127.0.0.1", self.port, "pgbc_monitor", self.fleet.secrets("monitor")[0])
        watch = self.fleet.watch(id)
        try:
            lsn, address = link.ask(WRITE, seconds)
            if watch is None or address != watch.node.address:
                return f"the write went to {address}, not to node {id}"
            return None if watch.link.ask(SEEN, seconds, (lsn,))[0] else f"node {id} does not have the write"
        except (psycopg2.Error, Unanswered, TypeError) as error:
            return " ".join(str(error).split()) or type(error).__name__
        finally:
            link.close()
