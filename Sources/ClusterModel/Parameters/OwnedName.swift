/// A parameter or setting that pgbc sets itself, so that a topology must not.
struct OwnedName: Sendable {
    /// A name, or the beginning of names followed by `*`.
    var pattern: String
    /// What pgbc does with it.
    var reason: String
    /// What to do instead.
    var suggestion = "leave it out"

    func covers(_ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }
}

extension OwnedName {
    /// The owner's entry for a balancer parameter; the first that covers it.
    static func balancerParameter(_ name: String) -> OwnedName? { balancer.first { $0.covers(name) } }

    /// The owner's entry for a postgresql.conf setting.
    static func postgresSetting(_ name: String) -> OwnedName? { postgres.first { $0.covers(name) } }

    private static func entries(_ patterns: String, _ reason: String, _ suggestion: String? = nil) -> [OwnedName] {
        patterns.split(separator: " ").map {
            OwnedName(pattern: String($0), reason: reason, suggestion: suggestion ?? "leave it out")
        }
    }

    private static let logFiles = """
        log_destination log_directory log_filename log_file_mode log_truncate_on_rotation log_rotation_* \
        logging_collector
        """

    private static let balancer: [OwnedName] = [
        entries("backend_weight*", "pgbc writes the list of nodes", "set \"weight\" of the node"),
        entries("backend_clustering_mode replication_mode", "pgbc's nodes always use streaming replication"),
        entries("backend_*", "pgbc writes the list of nodes", "describe the nodes under \"primary\" and \"replicas\""),
        entries("port", "inside its container the balancer always listens on 9999", "set \"port\" of the balancer"),
        entries("pcp_port", "inside its container PCP is always on 9898", "set \"pcp_port\" of the balancer"),
        entries(
            "listen_addresses pcp_listen_addresses",
            "pgbc decides who can reach it",
            "set \"bind_address\" of the cluster"
        ),
        entries(
            "socket_dir pcp_socket_dir unix_socket_* wd_ipc_socket_dir pid_file_name logdir work_dir",
            "pgbc decides where files are in the container"
        ),
        entries(
            "\(logFiles) syslog_*",
            "the log goes to the container's output, where pgbc reads it",
            "leave it out and use 'pgbc logs'"
        ),
        entries(
            "pool_passwd enable_pool_hba allow_clear_text_frontend_auth",
            "pgbc sets up authentication so that roles made in PostgreSQL work without being copied"
        ),
        entries("failover_command follow_primary_command failback_command", "failover is pgbc's own work"),
        entries(
            "sr_check_* health_check_user* health_check_password* health_check_database*",
            "pgbc's own monitoring role does the checks"
        ),
        entries("recovery_* client_idle_limit_in_recovery", "pgbc re-creates nodes itself"),
        entries("health_check_test", "it is for tests of pgpool-II itself"),
        entries(
            """
            use_watchdog wd_* heartbeat_* hostname* pgpool_port* delegate_IP delegate_ip trusted_server* ping_path \
            if_* arping_* clear_memqcache_on_escalation failover_when_quorum_exists failover_require_consensus \
            allow_multiple_failover_requests_from_node enable_consensus_with_half_votes
            """,
            "pgbc does not use the watchdog"
        ),
        entries(
            "rest_api* enable_rest_api",
            "inside its container REST is always on 8080",
            "set \"rest_api_port\" of the balancer"
        ),
    ].flatMap(\.self)

    private static let postgres: [OwnedName] = [
        entries("port", "inside its container PostgreSQL always listens on 5432", "set \"port\" of the node"),
        entries("listen_addresses", "pgbc decides who can reach a node", "set \"bind_address\" of the cluster"),
        entries(
            """
            data_directory config_file hba_file ident_file external_pid_file unix_socket_directories \
            stats_temp_directory
            """,
            "pgbc decides where files are in the container"
        ),
        entries(
            "include include_dir include_if_exists",
            "the file would not be in the container",
            "write the settings here"
        ),
        entries(
            """
            primary_conninfo primary_slot_name standby_mode recovery_target* promote_trigger_file trigger_file \
            hot_standby
            """,
            "pgbc sets up replication"
        ),
        entries("cluster_name", "pgbc sets it to the node's name, by which a primary knows its replicas"),
        entries("password_encryption", "pgbc always uses SCRAM"),
        entries(
            logFiles,
            "the log goes to the container's output, where pgbc reads it",
            "leave it out and use 'pgbc logs'"
        ),
    ].flatMap(\.self)
}
