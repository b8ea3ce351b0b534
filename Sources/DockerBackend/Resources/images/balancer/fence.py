"""Cutting off a node that is silent.

A primary that hangs would come back as a second one, and pgpool, once it waits for a silent node, waits for ever.

Both steps are needed: the route makes new connections fail at once, `ss -K` ends those on which pgpool already waits.
"""

from pathlib import Path

import children
from journal import log

BOUND = 5.0
NET_ADMIN = 1 << 12


def has_net_admin(status):
    """Whether the text of /proc/self/status shows the capability that routes and `ss -K` need."""
    for line in status.splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) & NET_ADMIN)
    return False


class Fence:
    """The addresses cut off by this agent. Needs the NET_ADMIN capability."""

    def __init__(self):
        self.addresses = set()
        self.gone = set()
        self.available = has_net_admin(Path("/proc/self/status").read_text())

    def raise_against(self, address):
        """Cuts `address` off; answers what went wrong, or None."""
        if not self.available:
            return "not cut off: the container lacks the NET_ADMIN capability"
        problem = children.run(["ip", "route", "replace", "unreachable", f"{address}/32"], BOUND)
        if problem is None:
            self.addresses.add(address)
        return problem or children.run(["ss", "-H", "-K", "dst", address], BOUND)

    def close_off(self, addresses):
        """Makes connections to exactly these addresses, of nodes that were removed, fail at once.

        pgpool cannot forget such a node before it restarts: SHOW POOL_NODES asks for its state each time, and would wait for seconds.
        """
        if not self.available:
            return
        for address in addresses - self.gone - self.addresses:
            if children.run(["ip", "route", "replace", "unreachable", f"{address}/32"], BOUND) is None:
                self.gone.add(address)
        for address in self.gone - addresses:
            children.run(["ip", "route", "del", "unreachable", f"{address}/32"], BOUND)
            self.gone.discard(address)

    def holds(self, address):
        return address in self.addresses

    def lift(self, address):
        """Lets `address` be reached again; without effect when it is not cut off."""
        if address in self.addresses:
            problem = children.run(["ip", "route", "del", "unreachable", f"{address}/32"], BOUND)
            self.addresses.discard(address)
            log(f"fence: {address} can be reached again" + (f" ({problem})" if problem else ""))
