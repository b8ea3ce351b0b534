import ClusterModel
import Testing

/// Each is what a balancer has beside its name.
@Suite struct BadSettingsTests {
    @Test(arguments: [
        (
            #""config": {"num_init_childs": 3, "max_pool": 0, "load_balance_mode": "maybe", "log_connections": 2, "child_life_time": "5 parsecs", "health_check_period": 0.5}"#,
            [
                #"balancers[0].config.num_init_childs = 3: pgpool-II has no such parameter; did you mean "num_init_children"?"#,
                #"balancers[0].config.max_pool = 0: must be a whole number, 1 or more"#,
                #"balancers[0].config.load_balance_mode = "maybe": must be on or off"#,
                #"balancers[0].config.log_connections = 2: must be on or off"#,
                #"balancers[0].config.child_life_time = "5 parsecs": must be a whole number of seconds; its units are s, min, h, d"#,
                #"balancers[0].config.health_check_period = 0.5: must be a whole number; the balancer would cut the fraction off"#,
            ]
        ),
        (
            #""config": {"backend_weight0": 3, "port": 1, "failover_command": "x", "use_watchdog": true, "sr_check_user": "u", "logdir": "/x", "pool_passwd": "", "nonsense_parameter_xx": 1}"#,
            [
                #"balancers[0].config.backend_weight0 = 3: pgbc writes the list of nodes; set "weight" of the node"#,
                #"balancers[0].config.port = 1: inside its container the balancer always listens on 9999; set "port" of the balancer"#,
                #"balancers[0].config.failover_command = "x": failover is pgbc's own work; leave it out"#,
                #"balancers[0].config.use_watchdog = true: pgbc does not use the watchdog; leave it out"#,
                #"balancers[0].config.sr_check_user = "u": pgbc's own monitoring role does the checks; leave it out"#,
                #"balancers[0].config.logdir = "/x": pgbc decides where files are in the container; leave it out"#,
                #"balancers[0].config.pool_passwd = "": pgbc sets up authentication so that roles made in PostgreSQL work without being copied; leave it out"#,
                #"balancers[0].config.nonsense_parameter_xx = 1: pgpool-II has no such parameter; leave it out"#,
            ]
        ),
        (
            #""config": {"client_min_messages": "loud", "num_init_children": [1], "log_line_prefix": "a\nb", "process_management_mode": "dynamic", "num_init_children_": null}"#,
            [
                #"balancers[0].config.client_min_messages = "loud": must be one of debug5, debug4, debug3, debug2, debug1, log, notice, warning, error"#,
                #"balancers[0].config.num_init_children = [1]: must be a single value, not a list"#,
                #"balancers[0].config.log_line_prefix = "a\nb": must be on one line and without control characters"#,
                #"balancers[0].config.process_management_mode = "dynamic": pgpool-II 4.3 does not have this parameter yet; leave it out"#,
            ]
        ),
        (
            #""config": {"num_init_children": 4}, "pool": {"max_pool": 2}"#,
            [
                #"balancers[0].pool = {"max_pool":2}: is another name for "config", which is here too; put all of it into one"#
            ]
        ),
        (
            #""settings": {"port": 5433, "shared_bufers": "1GB", "listen_addresses": "*", "a b": 1, "work_mem": [1], "primary_conninfo": "", "include": "x", "auto_explain.log_min_duration": 5, "log_directory": "/x"}"#,
            [
                #"balancers[0].settings.port = 5433: inside its container PostgreSQL always listens on 5432; set "port" of the node"#,
                #"balancers[0].settings.shared_bufers = "1GB": PostgreSQL has no such setting; did you mean "shared_buffers"?"#,
                #"balancers[0].settings.listen_addresses = "*": pgbc decides who can reach a node; set "bind_address" of the cluster"#,
                #"balancers[0].settings.a b = 1: is not the name of a PostgreSQL setting; for example "work_mem""#,
                #"balancers[0].settings.work_mem = [1]: must be a single value, not a list"#,
                #"balancers[0].settings.primary_conninfo: pgbc sets up replication; leave it out"#,
                #"balancers[0].settings.include = "x": the file would not be in the container; write the settings here"#,
                #"balancers[0].settings.log_directory = "/x": the log goes to the container's output, where pgbc reads it; leave it out and use 'pgbc logs'"#,
            ]
        ),
        (
            #""config": {"num_init_children": 32, "max_pool": 4}, "settings": {"max_connections": 100}"#,
            [
                #"balancers[0].settings.max_connections = 100: lb1 may open num_init_children × max_pool = 32 × 4 = 128 connections to each node, which keeps 3 of 100 for superusers; raise max_connections to 131 or lower num_init_children to 24"#
            ]
        ),
        (
            #""config": {"num_init_children": 25, "max_pool": 4}, "settings": {"max_connections": 103}"#,
            []
        ),
        (
            #""config": {"num_init_children": 2000000000, "max_pool": 2000000000, "reserved_connections": 2000000000}, "primary": {"settings": {"max_connections": "many"}}"#,
            [
                #"balancers[0].config.reserved_connections = 2000000000: must be less than num_init_children, which is 2000000000"#,
                #"balancers[0].primary.settings.max_connections = "many": must be a whole number"#,
                #"balancers[0].replicas[0].settings.max_connections: must be as on the primary (many), because each may follow the other; set it for the whole balancer"#,
            ]
        ),
        (
            #""replicas": [{"settings": {"max_connections": 150}}, {"settings": {"max_worker_processes": 4}}], "settings": {"max_connections": 200}"#,
            [
                #"balancers[0].replicas[0].settings.max_connections = 150: must be as on the primary (200), because each may follow the other; set it for the whole balancer"#,
                #"balancers[0].replicas[1].settings.max_worker_processes = 4: must be as on the primary (left out), because each may follow the other; set it for the whole balancer"#,
            ]
        ),
        (
            #""replicas": 3, "settings": {"max_wal_senders": 2, "max_replication_slots": 3}"#,
            [
                #"balancers[0].settings.max_replication_slots = 3: replication to 3 replicas needs at least 4; raise it"#,
                #"balancers[0].settings.max_wal_senders = 2: replication to 3 replicas needs at least 5; raise it"#,
            ]
        ),
        (
            #""image": "pgbalancer:latest", "config": {"process_management_mode": "dynamic", "max_pol": 1}"#,
            [
                #"balancers[0].config.max_pol = 1: pgBalancer has no such parameter; did you mean "max_pool"?"#
            ]
        ),
    ])
    func `bad parameters and settings are refused with all their reasons`(members: String, lines: [String]) throws {
        #expect(try problems(balancer(members)) == lines)
    }
}
