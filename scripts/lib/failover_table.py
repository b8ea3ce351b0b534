#!/usr/bin/env python3
"""Keeps and prints the results of `scripts/bench failover`.

failover_table.py --add FILE ROW FAULT RECOVERY < REPORT   one run, as pgbc-checker printed it; ends with 1 when the cluster did not heal
failover_table.py --rest FILE ROW TEXT                     what pg_checksums and pg_controldata said of the stopped nodes; ends with 1 when it is not sound
failover_table.py --verdict FILE yes|no                    ends with 1 when anything happened that must never happen; may writes be lost?
failover_table.py FILE "FLOOR..."                          the tables; FLOOR are milliseconds of pg_promote with bare processes
"""

import json
import statistics
import sys

BEGUN = ("killed", "stopped", "paused", "disconnected", "filled")
UNDONE = ("started", "woke", "connected", "emptied", "restarted")

# Row: what its target bounds ("gap" in seconds, "failed" transactions, "lost" rows).
TARGETS = {
    "primary killed": {"gap": 1.0},
    "primary stopped": {"gap": 1.0},
    "primary killed, idle": {"gap": 2.5},
    "primary hung": {"gap": 5.0, "serving": 0},
    "primary isolated": {"gap": 5.0, "serving": 0},
    "primary crashed": {"gap": 1.0, "back": 5.0},
    "switchover": {"gap": 1.0, "failed": 0},
    "rolling restart": {"failed": 0, "reads": 0},
    "minor upgrade": {"failed": 0},
    "scale up": {"failed": 0},
    "scale down": {"failed": 0},
    "configure, reload": {"failed": 0},
    "configure, restart": {"failed": 0},
}


NAMES = {"serving": "two serving", "failed": "errors", "reads": "read errors"}


def target(row):
    return {"lost": 0} if row.startswith("sync=1") else TARGETS.get(row, {})


def undone_at(report):
    """When the fault was undone; what comes later is the return of the node."""
    undone = [mark["at"] for mark in report["marks"] if mark["text"].startswith(UNDONE)]
    if undone:
        return max(undone)
    killed = [m["at"] for m in report["marks"] if m["text"].startswith("killed process")]
    return killed[0] + 2.0 if killed else float("inf")


def length(gap):
    return gap["to"] - gap["from"]


def figures(entry):
    report = entry["report"]
    end = undone_at(report)
    gaps = report["writes"]["gaps"] + [report["writes"]["longestGap"]] if report["writes"].get("longestGap") else []
    services = [report[name] for name in ("writes", "bank", "append")]
    happened = next((mark["at"] for mark in report["marks"] if mark["text"].startswith(BEGUN)), 0)
    healthy = report.get("healthyAt")
    begin = end if end != float("inf") and not any("killed process" in m["text"] for m in report["marks"]) else happened
    return {
        "gap": max((length(g) for g in gaps if g["from"] < end), default=0),
        "second": max((length(g) for g in gaps if g["from"] >= end), default=0),
        "written": report["writes"]["succeeded"],
        "failed": sum(s["failed"] + s["unknown"] + s["errors"].get("connect", 0) for s in services),
        "told": sum(s["failed"] for s in services),
        "unknown": sum(s["unknown"] for s in services),
        "readonly": sum(s["errors"].get("25006", 0) for s in services),
        "lost": max([n["lost"] for n in report["nodes"] if n["node"] == report.get("primaryAfter")] or [0])
        + report["appendVerdict"]["lost"],
        "both": report["twoWritable"],
        "serving": report["twoServing"],
        "reads": sum(report["reads"]["errors"].values()),
        "readgap": length(report["reads"]["longestGap"]) if report["reads"].get("longestGap") else 0,
        "stale": report["staleReads"],
        "back": None if healthy is None else max(0, healthy - begin),
        "recovery": entry["recovery"],
        "after": report.get("primaryAfter") or "none",
        "same": report.get("primaryAfter") == report.get("primaryBefore"),
        "faults": faults(entry),
    }


def faults(entry):
    """What must never be: anything but lost writes and time."""
    report, found = entry["report"], list(entry["report"]["complaints"])
    if entry["fault"]:
        found.append("data files: " + entry["fault"])
    for node in report["nodes"]:
        found += [f"{node['node']}: {node[kind]} {kind}" for kind in ("duplicated", "reordered", "undead") if node[kind]]
    found += [f"{name} of the append workload: {count}" for name, count in report["appendVerdict"].items()
              if name in ("duplicated", "dirty", "torn", "incompatibleReads", "cyclic") and count]
    if report.get("bankTotal") != 1000 or report["wrongTotalsRead"]:
        found.append(f"bank: total {report.get('bankTotal')}, {report['wrongTotalsRead']} wrong totals read")
    if not report["writeLanded"]:
        found.append("a write through the balancer was not seen on the primary")
    if report["behind"]:
        found.append(f"not caught up: {report['behind']}")
    if report.get("eventStatus"):
        found.append(f"the command ended with {report['eventStatus']}")
    return found


def at_rest(text):
    """What is wrong with stopped nodes, given a line `node=…|checksums=…|…` for each, and what was looked at; one is None."""
    nodes = [dict(field.split("=", 1) for field in line.split("|")) for line in text.splitlines() if line.startswith("node=")]
    others = [line for line in text.splitlines() if not line.startswith("node=")]
    wrong = others + [f"{node['node']}: checksums: {node['checksums']}" for node in nodes if node["checksums"] != "0"]
    if sorted(node["state"] for node in nodes) != ["shut down"] + ["shut down in recovery"] * (len(nodes) - 1):
        wrong += [f"{node['node']}: {node['state']}" for node in nodes]
    for field in ("system", "timeline", "checkpoint"):
        if len({node[field] for node in nodes}) > 1:
            wrong.append(f"the nodes differ in {field}: " + ", ".join(f"{node['node']} {node[field]}" for node in nodes))
    if not nodes:
        wrong.append("no node was looked at")
    if wrong:
        return "; ".join(wrong), None
    blocks = sum(int(node["blocks"]) for node in nodes)
    return None, f"{len(nodes)} nodes, {blocks} blocks, timeline {nodes[0]['timeline']}: sound"


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def spread(values):
    values = [v for v in values if v is not None]
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def verdict(row, runs):
    parts = []
    for key, limit in target(row).items():
        if key == "gap":
            parts.append((f"gap <= {limit} s", median([r["gap"] for r in runs]) <= limit))
        elif key == "back":
            beyond = median([None if r["back"] is None else r["back"] - r["recovery"] for r in runs])
            parts.append((f"back <= {limit} s beyond recovery", beyond is not None and beyond <= limit))
        else:
            parts.append((f"{NAMES.get(key, key)} = {limit}", all(r[key] <= limit for r in runs)))
    # What went wrong otherwise spoils the row: an operation that was given up has kept nothing.
    if parts and any(r["faults"] for r in runs):
        parts.append(("nothing wrong", False))
    return ", ".join(f"{text}: {'kept' if ok else 'MISSED'}" for text, ok in parts)


def table(heads, rows):
    widths = [max(len(str(line[i])) for line in [heads] + rows) for i in range(len(heads))]
    for line in [heads] + rows:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(line, widths)).rstrip())


def add(path, row, fault, recovery):
    report = json.load(sys.stdin)
    entry = {"row": row, "fault": fault, "recovery": float(recovery or 0), "report": report}
    with open(path, "a") as results:
        results.write(json.dumps(entry) + "\n")
    run = figures(entry)
    print(f"    {row}: gap {run['gap']:.2f} s, at the return {run['second']:.2f} s, {run['failed']} errors, {run['unknown']} unknown, "
          f"{run['lost']} of {run['written']} lost" + "".join(f"\n      {f}" for f in run["faults"]))
    return 1 if report["complaints"] else 0


def rest(path, row, text):
    wrong, found = at_rest(text)
    with open(path, "a") as results:
        results.write(json.dumps({"row": row, "rest": {"wrong": wrong, "found": found}}) + "\n")
    print(f"    {row}: data files at rest: {wrong or found}")
    return 1 if wrong else 0


def load(path):
    """The runs, and what was found at rest by row."""
    with open(path) as results:
        entries = [json.loads(line) for line in results]
    return [e for e in entries if "report" in e], {e["row"]: e["rest"]["wrong"] or e["rest"]["found"] for e in entries if "rest" in e}


def show(path, floor):
    rows = {}
    entries, rests = load(path)
    for entry in entries:
        rows.setdefault(entry["row"], []).append(figures(entry))
    milliseconds = [float(value) for value in floor.split()]
    print("\nSeconds from the last acknowledged write before to the first after: median (min-max).")
    if milliseconds:
        print(f"Floor: bare processes, kill -9 and pg_promote: {spread([m / 1000 for m in milliseconds])} s, {len(milliseconds)} runs.\n")
    table(
        ["event", "runs", "gap", "gap at return", "errors", "failed", "unknown", "read-only", "read errors", "lost", "of", "two writable", "two serving", "target"],
        [[row, len(runs), spread([r["gap"] for r in runs]), spread([r["second"] for r in runs]),
          *(f"{median([r[k] for r in runs]):g}" for k in ("failed", "told", "unknown", "readonly", "reads")),
          sum(r["lost"] for r in runs), sum(r["written"] for r in runs),
          f"{max(r['both'] for r in runs) * 1000:.0f} ms", f"{max(r['serving'] for r in runs) * 1000:.0f} ms", verdict(row, runs)] for row, runs in rows.items()],
    )
    print("  errors: failed and unknown transactions and refused connections. two writable: on the nodes' own ports; two serving: through the balancer.")
    print("\nWho is primary afterwards, and how it healed (seconds until every node streams and is attached, and PostgreSQL's own recovery in that).")
    table(
        ["event", "primary afterwards", "healed after", "recovery", "longest time without a read", "stale reads", "anything wrong", "data files at rest"],
        [[row, "the same" if all(r["same"] for r in runs) else "another" if not any(r["same"] for r in runs) else "either",
          spread([r["back"] for r in runs]), spread([r["recovery"] for r in runs]), spread([r["readgap"] for r in runs]),
          f"{median([r['stale'] for r in runs]):g}", "; ".join(sorted({f for r in runs for f in r["faults"]})) or "nothing", rests.get(row, "not looked at")]
         for row, runs in rows.items()],
    )


def judge(path, may_lose):
    """Ends with 1 when anything happened that must never happen; lost writes count unless may_lose is "yes"."""
    entries, _ = load(path)
    wrong = [f"{entry['row']}: {fault}" for entry in entries for fault in faults(entry)]
    lost = sum(figures(entry)["lost"] for entry in entries)
    print(f"{len(entries)} events, {sum(figures(entry)['written'] for entry in entries)} acknowledged writes, {lost} lost, {len(wrong)} faults")
    for line in wrong:
        print("  " + line)
    return 1 if wrong or not entries or (lost and may_lose != "yes") else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--verdict"]:
        sys.exit(judge(*sys.argv[2:4]))
    if sys.argv[1:2] == ["--add"]:
        sys.exit(add(*sys.argv[2:6]))
    if sys.argv[1:2] == ["--rest"]:
        sys.exit(rest(*sys.argv[2:5]))
    show(*sys.argv[1:3])
