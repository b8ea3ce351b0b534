"""GET /api/v1/observe: everything `pgbc status` shows of a balancer, each node asked at the moment of the request."""

import json
import threading
from pathlib import Path

import psycopg2

from link import Link, Unanswered

BOUND = 2.0
# The same statement that pgbc runs itself where it cannot ask an agent.
PROBE = (Path(__file__).parent / "probe.sql").read_text()


class Observer:
    """Keeps one more connection to each node, so that an observation never waits for the watch's own question."""

    def __init__(self, agent):
        self.agent = agent
        self.links = {}
        self.lock = threading.Lock()

    def document(self, nodes, pool):
        """`nodes` and `pool` are callables, which run while the nodes are asked."""
        answers, parts = {}, {}
        jobs = [threading.Thread(target=self._ask, args=(id, answers)) for id in self.agent.fleet.nodes]
        jobs += [threading.Thread(target=lambda name=name, look=look: parts.update({name: look()}))
                 for name, look in (("nodes", nodes), ("pool", pool))]
        for job in jobs:
            job.daemon = True
            job.start()
        for job in jobs:
            job.join(BOUND + 1.0)
        rows = [dict(row, **answers.get(row["id"], {"error": "no answer in time"}))
                for row in parts.get("nodes", {}).get("nodes", [])]
        record = self.agent.record_file.read()
        return {"nodes": rows, "pool": parts.get("pool"),
                "record": {"term": record.term, "node": record.primary} if record else None,
                "listed": sorted(self.agent.fleet.nodes)}

    def _ask(self, id, answers):
        try:
            row = self._link(id).ask(PROBE, BOUND)
            answers[id] = {"answer": json.loads(row[0])}
        except (Unanswered, psycopg2.Error, KeyError, ValueError) as error:
            answers[id] = {"error": " ".join(str(error).split()) or repr(error)}

    def _link(self, id):
        node = self.agent.fleet.nodes[id]
        with self.lock:
            found = self.links.get(id)
            if found is None or found[0] != (node.address, node.port):
                link = Link(node.address, node.port, "pgbc_monitor", self.agent.settings.secret("monitor"))
                found = self.links[id] = ((node.address, node.port), link)
            return found[1]
