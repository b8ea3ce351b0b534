"""Makes the agent's modules importable here, and stands in for what only the image has."""

import sys
import types
from pathlib import Path

AGENT = Path(__file__).resolve().parents[2] / "Sources/DockerBackend/Resources/images/balancer"

sys.dont_write_bytecode = True
if str(AGENT) not in sys.path:
    sys.path.insert(0, str(AGENT))

try:
    import psycopg2  # noqa: F401
except ImportError:
    fake = types.ModuleType("psycopg2")
    fake.Error = type("Error", (Exception,), {})
    fake.OperationalError = type("OperationalError", (fake.Error,), {})
    fake.InterfaceError = type("InterfaceError", (fake.Error,), {})
    fake.extensions = types.ModuleType("psycopg2.extensions")
    sys.modules["psycopg2"], sys.modules["psycopg2.extensions"] = fake, fake.extensions

from config import Node  # noqa: E402
from decide import Snapshot  # noqa: E402
from nodes import Sample  # noqa: E402
from pcp import PoolNode  # noqa: E402
from record import Record  # noqa: E402


def node(id, weight=1.0):
    return Node(id, f"node{id}", f"10.0.0.{20 + id}", 5432, weight)


def primary(timeline=1, lsn=1000, senders=None, quiet=()):
    return Sample(0.0, False, lsn, None, timeline, 0.0, None, senders or {}, frozenset(quiet))


def replica(timeline=1, lsn=1000, receiver="streaming"):
    return Sample(0.0, True, lsn, lsn, timeline, 0.0, receiver)


def in_pool(status="up", role="standby"):
    return PoolNode(status, role, {})


def healthy(count=3, **changed):
    """Node 0 is primary, the others stream from it, and pgpool sees it all; then what `changed` says."""
    ids = range(count)
    senders = {f"pgbc_{id}": "streaming" for id in ids if id}
    fields = {
        "nodes": {id: node(id) for id in ids}, "record": Record(1, 0),
        "samples": {id: replica() if id else primary(senders=senders) for id in ids},
        "pool": {id: in_pool(role="standby" if id else "primary") for id in ids},
        "included": frozenset(ids), "detached": frozenset(),
    }
    return Snapshot(**{**fields, **changed})
