"""Answers for PAM whether a client's name and password are right: whichever node answers first decides."""

import time

import login
from journal import log

BOUND = 10.0  # seconds for which a client waits for a node that can say
ATTEMPT = 2.0
PAUSE = 0.05


class Logins:
    def __init__(self, fleet, record_file):
        self.fleet, self.record_file = fleet, record_file

    def are_right(self, user, password):
        """False too when no node could say within the bound."""
        deadline, problem = time.monotonic() + BOUND, "no node is known"
        while time.monotonic() < deadline:
            for watch in self._in_order():
                try:
                    return login.is_right(watch.node.address, watch.node.port, user, password, ATTEMPT)
                except login.Unavailable as error:
                    problem = f"node {watch.node.id}: {error}"
            time.sleep(PAUSE)
        log(f"login of {user!r}: nobody could say within {BOUND:g} s whether it is right; {problem}")
        return False

    def _in_order(self):
        """Nodes that answer, the primary first: it knows a new role before its replicas do."""
        record = self.record_file.read()
        answering = [watch for watch in self.fleet.watches() if not watch.problem]
        return sorted(answering, key=lambda watch: (record is None or watch.node.id != record.primary, watch.node.id))
