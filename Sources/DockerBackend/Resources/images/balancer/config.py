"""What pgbc writes for this balancer, and the pgpool.conf made of it. Pure: text in, text out."""

import hashlib
import re
from dataclasses import dataclass

# Values a user may override in balancer.json. Periods of pgpool-II 4.3 are whole seconds: a fraction would mean "off".
DEFAULTS = {
    "load_balance_mode": "on",
    # A session that has written reads from the primary from then on, and so sees what it wrote; other sessions are balanced.
    "disable_load_balance_on_write": "always",
    "num_init_children": "32",
    "max_pool": "4",
    "connection_cache": "on",
    "health_check_period": "1",
    "health_check_timeout": "2",
    "health_check_max_retries": "0",
    "health_check_retry_delay": "1",
    "connect_timeout": "1000",
    "failover_on_backend_error": "on",
    "failover_on_backend_shutdown": "off",
    "memory_cache_enabled": "off",
    # Allocated even while the cache is off, which takes time at the start; catalog look-ups use some of it.
    "memqcache_total_size": "8388608",
    "memqcache_max_num_cache": "10000",
    "log_line_prefix": "%m: %a pid %p: ",
}

# Values that hold the balancer together. A user's value for one of these is reported and not used.
OWNED = {
    "backend_clustering_mode": "streaming_replication",
    "listen_addresses": "*",
    "port": "9999",
    "unix_socket_directories": "/run/pgpool",
    "pcp_listen_addresses": "*",
    "pcp_port": "9898",
    "pcp_socket_dir": "/run/pgpool",
    "wd_ipc_socket_dir": "/run/pgpool",
    "pid_file_name": "/run/pgpool/pgpool.pid",
    "logdir": "/run/pgpool",
    "log_destination": "stderr",
    "logging_collector": "off",
    "pool_passwd": "",
    "enable_pool_hba": "off",
    "allow_clear_text_frontend_auth": "on",
    "use_watchdog": "off",
    "auto_failback": "off",
    "detach_false_primary": "off",
    "follow_primary_command": "",
    "failback_command": "",
    # One pass: the agent answers the failover command only when a primary is writable, so that the first pass finds it.
    "search_primary_node_timeout": "1",
    "failover_command": "/bin/bash /usr/lib/pgbc/failover.sh %d %P",
    "health_check_user": "pgbc_monitor",
    "health_check_database": "postgres",
    "sr_check_user": "pgbc_monitor",
    "sr_check_database": "postgres",
    "health_check_password": None,
    "sr_check_password": None,
}
OWNED_PREFIXES = ("backend_hostname", "backend_port", "backend_weight", "backend_data_directory",
                  "backend_application_name", "backend_flag", "wd_", "heartbeat_", "other_pgpool_", "hostname")

# What only works with pgpool's own replication check.
NEEDS_CHECK = ("delay_threshold", "delay_threshold_by_time", "prefer_lower_delay_standby")

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Node:
    """One line of the nodes file."""

    id: int
    host: str
    address: str
    port: int
    weight: float

    @property
    def application(self):
        return f"pgbc_{self.id}"


def parse_nodes(text):
    """The nodes of the nodes file by id; None while it is only half written: its last line is not yet `end`."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if not lines or lines[-1] != ["end"]:
        return None
    nodes = {}
    for fields in lines[:-1]:
        if len(fields) != 5:
            raise ValueError(f"nodes file: expected 'ID HOST ADDRESS PORT WEIGHT', found {' '.join(fields)!r}")
        number, host, address, port, weight = fields
        node = Node(int(number), host, address, int(port), float(weight))
        if node.id in nodes:
            raise ValueError(f"nodes file: node {node.id} appears twice")
        nodes[node.id] = node
    return nodes


def is_owned(name):
    return name in OWNED or name.startswith(OWNED_PREFIXES)


def refused(parameters):
    """The names among the user's parameters that are not used: owned by pgbc, or not a parameter name at all."""
    return sorted(name for name in parameters if is_owned(name) or not NAME.match(name))


def quoted(value):
    """A value in the syntax of pgpool.conf; control characters would end the line, so they are dropped."""
    text = "".join(character for character in str(value) if character >= " ")
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def backend_lines(node, weight):
    return [
        f"backend_hostname{node.id} = {quoted(node.address)}",
        f"backend_port{node.id} = {node.port}",
        f"backend_weight{node.id} = {weight:g}",
        f"backend_application_name{node.id} = {quoted(node.application)}",
        f"backend_flag{node.id} = 'ALLOW_TO_FAILOVER'",
    ]


def check_period(parameters, can_fence):
    """Seconds between pgpool's own replication checks, unless the user says otherwise; 0 is never.

    Its lock makes every failover and attachment that meets a check wait for a second, and while the check waits for a
    node that hangs, a failover never ends. So it runs only for what needs it, and where a hung node can be cut off.
    """
    return "2" if can_fence and any(name in parameters for name in NEEDS_CHECK) else "0"


def render(parameters, nodes, retired, monitor_secret, can_fence=True):
    """The whole pgpool.conf.

    `retired` are nodes that were removed while pgpool ran: pgpool-II 4.3 cannot forget a backend before it restarts, so
    they stay in the file with weight 0.
    """
    values = {**DEFAULTS, "sr_check_period": check_period(parameters, can_fence)}
    values.update({name: value for name, value in parameters.items() if name not in refused(parameters)})
    values.update(OWNED)
    values["health_check_password"] = values["sr_check_password"] = monitor_secret
    lines = ["# Rendered by the balancer's agent; changes made here are overwritten."]
    lines += [f"{name} = {quoted(value)}" for name, value in sorted(values.items())]
    for node in sorted({**retired, **nodes}.values(), key=lambda node: node.id):
        lines += backend_lines(node, node.weight if node.id in nodes else 0)
    return "\n".join(lines) + "\n"


def pcp_conf(secret):
    return f"pgbc:{hashlib.md5(secret.encode()).hexdigest()}\n"


def needs_restart(running, wanted):
    """True when a backend that pgpool already knows changed its address or port, which it cannot take by reload."""
    return any(
        id in running and (running[id].address, running[id].port) != (node.address, node.port)
        for id, node in wanted.items()
    )
