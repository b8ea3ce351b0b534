internal import ClusterModel
internal import Orchestration

/// What the user's own `pgbalancer` image relies on: the environment that its start-up script reads, and the configuration
/// file that the script leaves alone when it is there. The file wins; no password is in the environment.
struct PgBalancerContract {
    let balancer: BalancerSpec

    var environment: [String: String] {
        var environment = [
            "ENABLE_REST_API": "on",
            "REST_API_PORT": String(InnerPort.rest),
            "WAIT_FOR_BACKENDS": "true",
            "NUM_INIT_CHILDREN": balancer.parameters["num_init_children"] ?? "32",
            "MAX_POOL": balancer.parameters["max_pool"] ?? "4",
            "LOAD_BALANCE_MODE": balancer.parameters["load_balance_mode"] ?? "on",
        ]
        for node in balancer.nodes {
            environment["BACKEND\(node.id)_HOST"] = node.address.description
            environment["BACKEND\(node.id)_PORT"] = String(InnerPort.postgres)
            environment["BACKEND\(node.id)_WEIGHT"] = String(node.weight)
            environment["BACKEND\(node.id)_DATA_DIRECTORY"] = ContainerPath.data
        }
        return environment
    }

    /// pgpool's syntax, which pgBalancer kept. Standbys are attached again by the balancer itself; it does not promote.
    func configuration(_ monitor: MonitorLogin) -> String {
        var values = [
            "listen_addresses": "*", "port": String(InnerPort.sql),
            "pcp_listen_addresses": "*", "pcp_port": String(InnerPort.pcp),
            "backend_clustering_mode": "streaming_replication", "load_balance_mode": "on",
            "enable_pool_hba": "off", "pool_passwd": "", "allow_clear_text_frontend_auth": "on",
            "sr_check_user": monitor.user, "sr_check_password": monitor.password,
            "sr_check_period": "1", "sr_check_database": "postgres",
            "health_check_user": monitor.user, "health_check_password": monitor.password,
            "health_check_database": "postgres", "health_check_period": "1", "health_check_timeout": "2",
            "failover_on_backend_error": "on", "auto_failback": "on", "auto_failback_interval": "1",
            "log_destination": "stderr",
        ]
        for node in balancer.nodes {
            values["backend_hostname\(node.id)"] = node.address.description
            values["backend_port\(node.id)"] = String(InnerPort.postgres)
            values["backend_weight\(node.id)"] = String(node.weight)
            values["backend_flag\(node.id)"] = "ALLOW_TO_FAILOVER"
            values["backend_application_name\(node.id)"] = node.replicationName
        }
        values.merge(balancer.parameters) { $1 }
        return values.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n" }.joined()
    }
}
