"""What pgbc writes for this balancer, and the pgpool.conf made of it. Pure: text in, text out."""

import hashlib
import re
from dataclasses import dataclass

# Values a user may override. Periods of pgpool-II 4.3 are whole seconds: a fraction would mean "off".
DEFAULTS = {
    "load_balance_mode": "on",
    # A session that has written reads from the primary from then on, and so sees what it wrote.
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
    "socket_dir": "/run/pgpool",
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

# Parameters that may be given for a single node, with its number behind the name; all are read again.
PER_NODE = ("health_check_", "connect_timeout")

# What only works with pgpool's own replication check.
NEEDS_CHECK = ("delay_threshold", "delay_threshold_by_time", "prefer_lower_delay_standby")

# With PgBouncer in front: where pgpool listens, and what fits sessions that many clients share. With `always`, one that
# has written once would read from the primary for ever, so that reads would not be balanced at all. So what one
# transaction wrote, the next one may not see yet, unless it writes too or says /*NO LOAD BALANCE*/.
HELD_PORT = 9997
HELD = {"listen_addresses": "127.0.0.1", "port": str(HELD_PORT)}
HELD_DEFAULTS = {"disable_load_balance_on_write": "transaction", "statement_level_load_balance": "on"}

# Parameters of PgBouncer, which pgpool does not know.
BOUNCER = ("max_client_conn", "default_pool_size", "query_wait_timeout", "client_idle_timeout",
           "idle_transaction_timeout", "server_idle_timeout")

# Parameters that pgpool-II 4.3 reads again when it is told to; it needs a restart for all others.
RELOADED = frozenset("""
    allow_sql_comments app_name_redirect_preference_list auto_failback_interval cache_safe_memqcache_table_list
    cache_unsafe_memqcache_table_list check_temp_table check_unlogged_table client_idle_limit client_min_messages
    connect_timeout database_redirect_preference_list delay_threshold disable_load_balance_on_write
    dml_adaptive_object_relationship_list failover_if_affected_tuples_mismatch failover_on_backend_error
    failover_on_backend_shutdown health_check_max_retries health_check_period health_check_retry_delay
    health_check_timeout ignore_leading_white_space insert_lock lobj_lock_table log_client_messages log_connections
    log_disconnections log_error_verbosity log_hostname log_line_prefix log_min_messages log_per_node_statement
    log_standby_delay log_statement memqcache_auto_cache_invalidation prefer_lower_delay_standby
    primary_routing_query_pattern_list read_only_function_list relcache_query_target replicate_select
    replication_stop_on_mismatch reset_query_list statement_level_load_balance write_function_list
""".split())

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


def pool_port(hold):
    """Where pgpool listens, inside the container."""
    return HELD_PORT if hold else int(OWNED["port"])


def is_owned(name):
    return name in OWNED or name.startswith(OWNED_PREFIXES)


def refused(parameters):
    """The names among the user's parameters that are not used: owned by pgbc, or not a parameter name at all."""
    return sorted(name for name in parameters if is_owned(name) or not NAME.match(name))


def quoted(value):
    """A value in the syntax of pgpool.conf; control characters would end the line, so they are dropped."""
    text = "".join(character for character in str(value) if character >= " ")
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def backend_lines(node, weight, spared=False):
    return [
        f"backend_hostname{node.id} = {quoted(node.address)}",
        f"backend_port{node.id} = {node.port}",
        f"backend_weight{node.id} = {weight:g}",
        f"backend_application_name{node.id} = {quoted(node.application)}",
        f"backend_flag{node.id} = '{'DISALLOW' if spared else 'ALLOW'}_TO_FAILOVER'",
    ]


def check_period(parameters, can_fence):
    """Seconds between pgpool's own replication checks, unless the user says otherwise; 0 is never.

    Its lock makes every failover and attachment that meets a check wait for a second, and while the check waits for a
    node that hangs, a failover never ends. So it runs only for what needs it, and where a hung node can be cut off.
    """
    return "2" if can_fence and any(name in parameters for name in NEEDS_CHECK) else "0"


def render(parameters, nodes, retired, monitor_secret, can_fence=True, hold=False, drained=frozenset(),
           spared=frozenset()):
    """The whole pgpool.conf.

    `retired` are nodes that were removed while pgpool ran: pgpool-II 4.3 cannot forget a backend before it restarts, so
    they stay in the file with weight 0. `drained` are ids of nodes that get no new sessions, `spared` of those that
    pgpool must not take for lost while they are away.
    """
    values = {**DEFAULTS, **(HELD_DEFAULTS if hold else {}), "sr_check_period": check_period(parameters, can_fence)}
    values.update({name: value for name, value in parameters.items()
                   if name not in refused(parameters) and name not in BOUNCER})
    values.update({**OWNED, **(HELD if hold else {})})
    values["health_check_password"] = values["sr_check_password"] = monitor_secret
    lines = ["# Rendered by the balancer's agent; changes made here are overwritten."]
    lines += [f"{name} = {quoted(value)}" for name, value in sorted(values.items())]
    for node in sorted({**retired, **nodes}.values(), key=lambda node: node.id):
        weight = node.weight if node.id in nodes and node.id not in drained else 0
        lines += backend_lines(node, weight, node.id in spared)
    return "\n".join(lines) + "\n"


def pcp_conf(secret):
    return f"pgbc:{hashlib.md5(secret.encode()).hexdigest()}\n"


def needs_restart(running, wanted):
    """True when a backend that pgpool already knows changed its address or port, which it cannot take by reload."""
    return any(
        id in running and (running[id].address, running[id].port) != (node.address, node.port)
        for id, node in wanted.items()
    )


def changed_names(before, after):
    """The names of parameters whose values differ."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def take_a_restart(names):
    """Those of the names that pgpool only reads when it starts. The size of PgBouncer's pools follows by itself."""
    return [name for name in names if name not in RELOADED and name not in BOUNCER and NAME.match(name)
            and not is_owned(name) and not name.startswith(PER_NODE)]
