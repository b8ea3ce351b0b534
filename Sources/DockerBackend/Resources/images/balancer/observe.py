"""GET /api/v1/observe: everything `pgbc status` shows of a balancer, each node asked at the moment of the request."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psycopg2

from link import Link, Unanswered

BOUND = 2.0
WORKERS = 32
# The same statement that pgbc runs itself where it cannot ask an agent.
PROBE = (Path(__file__).parent / "probe.sql").read_text()


class Observer:
    """Keeps one more connection to each node, so that an observation never waits for the watch's own question."""

    def __init__(self, agent):
        self.agent = agent
        self.links = {}
        self.lock = threading.Lock()
        self.workers = ThreadPoolExecutor(WORKERS, "observe")

    def document(self, nodes, pool):
        """`nodes` and `pool` are callables, which run while the nodes are asked."""
        agent, answers = self.agent, {}
        jobs = [self.workers.submit(self._ask, id, answers) for id in agent.fleet.nodes]
        rows, use, record = nodes()["nodes"], pool(), agent.record_file.read()
        wait(jobs, BOUND + 1.0)
        missing = {"error": "no answer in time"}
        return {
            "nodes": [{**row, **answers.get(row["id"], missing), "refused": self._refused(row["id"])}
                      for row in rows],
            "pool": use, "record": {"term": record.term, "node": record.primary} if record else None,
            "listed": sorted(agent.fleet.nodes), "hold": agent.hold.document(),
            "operation": agent.failover.operation, "version": agent.version(),
            "stale_parameters": agent.reconciler.stale_parameters(), "upgrade": self._upgrade(),
            "changing_secrets": agent.settings.changing(),
        }

    def _ask(self, id, answers):
        try:
            row = self._link(id).ask_prepared("observed", PROBE, BOUND)
            answers[id] = {"answer": json.loads(row[0])}
        except (Unanswered, psycopg2.Error, KeyError, ValueError) as error:
            answers[id] = {"error": " ".join(str(error).split()) or repr(error)}

    def _refused(self, id):
        """What PostgreSQL of a node said of settings with which it did not start; None when it uses those asked for."""
        try:
            return (self.agent.settings.directory / f"refused.{id}").read_text().strip() or None
        except (OSError, ValueError):
            return None

    def _upgrade(self):
        """What pgbc has written down of a major upgrade, which is pgbc's to read; None for nothing."""
        try:
            return (self.agent.settings.directory / "upgrade.json").read_text(errors="replace") or None
        except OSError:
            return None

    def _link(self, id):
        node = self.agent.fleet.nodes[id]
        with self.lock:
            found = self.links.get(id)
            if found is None or found[0] != (node.address, node.port):
                link = Link(node.address, node.port, "pgbc_monitor", self.agent.fleet.monitor_secrets)
                found = self.links[id] = ((node.address, node.port), link)
            return found[1]
