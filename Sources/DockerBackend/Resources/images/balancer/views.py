"""The documents that REST answers with, made of what is known now: pgBalancer's field names, true values."""

import time

from decide import IN_POOL, is_away, unfit


def shown_role(sample):
    """The role as PostgreSQL itself says it."""
    return "unknown" if sample is None else "standby" if sample.recovery else "primary"


def lag_bytes(sample, primary):
    """Bytes that the primary has written and the node has not replayed; None when either is unknown."""
    if sample is None or primary is None:
        return None
    return 0 if not sample.recovery else max(0, primary.lsn - (sample.replayed or 0))


def lsn_text(lsn):
    return None if lsn is None else f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def node_document(id, snapshot, watch, selects):
    node, sample = snapshot.nodes[id], snapshot.samples.get(id)
    primary = snapshot.primary_sample
    seen = snapshot.pool.get(id)
    in_pool = seen is not None and seen.status in IN_POOL
    streaming = bool(primary and primary.senders.get(node.application) == "streaming")
    reason = unfit(snapshot, id)
    return {
        "id": id, "host": node.host, "address": node.address, "port": node.port,
        "status": "up" if in_pool else "down",
        "weight": int(node.weight) if node.weight == int(node.weight) else node.weight,
        "role": shown_role(sample),
        "replication_lag": lag_bytes(sample, primary),
        "pool_status": seen.status if seen else "not in the pool",
        "pool_role": seen.role if seen else None,
        "answers": sample is not None,
        "detached": id in snapshot.detached,
        "timeline": sample.timeline if sample else None,
        "lsn": lsn_text(sample.lsn) if sample else None,
        "replayed_lsn": lsn_text(sample.replayed) if sample and sample.recovery else None,
        "lag_bytes": lag_bytes(sample, primary),
        "lag_seconds": round(sample.lag_seconds, 3) if sample and sample.lag_seconds is not None else None,
        "streaming": streaming,
        "select_count": selects.get(id),
        "problem": explain(id, snapshot, watch, reason, in_pool),
    }


def explain(id, snapshot, watch, reason, in_pool):
    """One sentence on why the node is not as it should be, or None."""
    if is_away(snapshot, id):
        return "detached by an administrator"
    if reason and watch and watch.problem and snapshot.nodes[id].address not in snapshot.fenced:
        return f"{reason}: {watch.problem}"
    return reason or (None if in_pool else "not in the pool yet")


def nodes_document(snapshot, watches, selects):
    return {"nodes": [node_document(id, snapshot, watches.get(id), selects) for id in sorted(snapshot.nodes)]}


def status_document(agent, snapshot, pool):
    running = agent.pgpool.running()
    healthy = sum(1 for id in snapshot.nodes if snapshot.pool.get(id) and snapshot.pool[id].status in IN_POOL
                  and unfit(snapshot, id) is None)
    return {
        "status": "running" if running else "waiting", "uptime": int(time.monotonic() - agent.began),
        "version": agent.version(), "connections": pool["clients"], "nodes": len(snapshot.nodes),
        "healthy_nodes": healthy, "processes": pool["processes"],
        "cluster": agent.settings.cluster, "balancer": agent.settings.balancer,
        "primary": snapshot.record.primary if snapshot.record else None,
        "term": snapshot.record.term if snapshot.record else None,
        "pool": pool, "fenced": sorted(agent.fence.addresses), "problem": agent.fleet.pool_problem if running else None,
    }


def pool_document(rows):
    """How full the pool is, out of pgpool's process list; rows that name no database are empty slots."""
    processes = {row["pid"] for row in rows}
    clients = {row["pid"] for row in rows if row.get("connected") == "1"}
    backends = [row for row in rows if row.get("database")]
    return {"processes": len(processes), "clients": len(clients), "free": len(processes) - len(clients),
            "backend_connections": len(backends)}


def processes_document(rows):
    children = {}
    for row in rows:
        child = children.setdefault(row["pid"], {
            "pid": int(row["pid"]), "started": row["start_time"], "status": row.get("status", ""), "connected": False,
            "database": None, "username": None, "connections": []})
        child["connected"] = child["connected"] or row.get("connected") == "1"
        if row.get("database"):
            child["database"], child["username"] = row["database"], row["username"]
            child["connections"].append({key: row[key] for key in (
                "pool", "backend", "database", "username", "backend_connected_at", "backend_pid", "uses")})
    return {"processes": list(children.values())}


def health_document(snapshot, pool):
    fit = {id: unfit(snapshot, id) is None for id in snapshot.nodes}
    primary_up = bool(snapshot.record) and fit.get(snapshot.record.primary, False)
    all_up = bool(fit) and all(fit.values())
    return {
        "health": "healthy" if all_up else "degraded" if primary_up else "unhealthy",
        "checks": {"backend_connectivity": "passed" if all_up else "failed",
                   "primary": "passed" if primary_up else "failed", "pool": "passed" if pool["free"] else "failed"},
        "stats": {"total_connections": pool["backend_connections"], "active_connections": pool["clients"]},
        "nodes": [{"id": id, **{key: number_if_any(value) for key, value in seen.health.items()
                                if key not in ("node_id", "hostname", "port")}}
                  for id, seen in sorted(snapshot.pool.items()) if id in snapshot.nodes],
    }


def number_if_any(text):
    try:
        return int(text) if text.isdigit() else round(float(text), 3)
    except ValueError:
        return text or None


def metrics_text(snapshot, pool, failovers):
    """Prometheus text of what the other documents say."""
    nodes = nodes_document(snapshot, {}, {})["nodes"]
    families = {
        "pgbc_node_up": lambda node: int(node["status"] == "up" and node["answers"]),
        "pgbc_node_primary": lambda node: int(node["role"] == "primary"),
        "pgbc_node_lag_bytes": lambda node: node["lag_bytes"],
    }
    lines = []
    for name, value in families.items():
        lines.append(f"# TYPE {name} gauge")
        lines += [f'{name}{{node="{node["id"]}",host="{node["host"]}"}} {value(node)}'
                  for node in nodes if value(node) is not None]
    for name in ("processes", "clients", "free", "backend_connections"):
        lines += [f"# TYPE pgbc_pool_{name} gauge", f"pgbc_pool_{name} {pool[name]}"]
    lines += ["# TYPE pgbc_failovers_total counter", f"pgbc_failovers_total {failovers}"]
    return "\n".join(lines) + "\n"
