"""The nodes of this balancer: what the nodes file lists, what each says, and what pgpool takes each for."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from config import parse_nodes
from journal import log
from nodes import Watch
from pcp import PCP, PCPError


class Fleet:
    def __init__(self, directory, secrets):
        """`secrets` answers, by name, the secrets to be tried one after the other."""
        self.directory = Path(directory)
        self.nodes_path, self.detached_path = self.directory / "nodes", self.directory / "detached"
        self.secrets = secrets
        self.nodes = {}
        self._watches = {}
        self._stamp = None
        self._noting = threading.Lock()
        self.detached = self._read_detached()
        self.pool = {}
        self.pool_at = 0.0
        self.pool_problem = None
        self.awake = threading.Event()

    # The nodes file

    def reread(self):
        """Takes over a changed nodes file; True when the nodes are not what they were."""
        try:
            status = self.nodes_path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return False
            nodes = parse_nodes(self.nodes_path.read_text())
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            log(f"nodes file not taken over: {error}")
            self._stamp = stamp
            return False
        if nodes is None:
            return False
        self._stamp = stamp
        return self._take_over(nodes)

    def _take_over(self, nodes):
        if nodes == self.nodes:
            return False
        for id, watch in list(self._watches.items()):
            if nodes.get(id) != watch.node:
                watch.stop()
                del self._watches[id]
        for id, node in nodes.items():
            if id not in self._watches:
                self._watches[id] = Watch(node, self.monitor_secrets, self.wake)
                self._watches[id].start()
        self.nodes = nodes
        self._forget_detached()
        return True

    # The nodes' own answers

    def watch(self, id):
        return self._watches.get(id)

    def watches(self):
        return list(self._watches.values())

    def samples(self):
        """The latest samples of the nodes that answer now, by id."""
        found = {watch.node.id: watch.latest() for watch in self.watches()}
        return {id: sample for id, sample in found.items() if sample}

    def monitor_secrets(self):
        return self.secrets("monitor")

    def wake(self):
        """Something changed: the next reconciliation comes at once."""
        self.awake.set()

    # What pgpool takes them for

    def look_at_pool(self):
        """Asks pgpool's PCP port for the state of its backends; on failure the old view stays, with `pool_problem`."""
        try:
            with PCP(self.secrets("pcp")[0]) as pcp:
                self.pool = pcp.nodes()
            self.pool_at, self.pool_problem = time.monotonic(), None
            return True
        except PCPError as error:
            self.pool_problem = str(error)
            return False

    def note_attached(self, id):
        """pgpool said that it took the node up; its PCP port may not answer for the second after that."""
        if id in self.pool and self.pool[id].status == "down":
            self.pool = {**self.pool, id: replace(self.pool[id], status="waiting")}

    def pool_status(self, id):
        seen = self.pool.get(id)
        return seen.status if seen else "unknown"

    # Nodes that an administrator took out

    def _read_detached(self):
        try:
            return {int(line) for line in self.detached_path.read_text().split() if line.isdigit()}
        except OSError:
            return set()

    def set_detached(self, id, detached):
        """Remembers, across restarts, that node `id` stays out of the pool until it is attached by request."""
        with self._noting:
            wanted = self.detached | {id} if detached else self.detached - {id}
            if wanted != self.detached:
                temporary = self.detached_path.with_name(".detached")
                temporary.write_text("".join(f"{one}\n" for one in sorted(wanted)))
                temporary.rename(self.detached_path)
                self.detached = wanted

    def _forget_detached(self):
        for id in self.detached - set(self.nodes):
            self.set_detached(id, False)
