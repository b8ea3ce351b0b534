import ClusterModel
import Testing

@Suite struct BalancerParameterTests {
    @Test func `parameters have types, ranges and a way to take effect`() throws {
        let children = try #require(BalancerParameter.named("num_init_children"))
        #expect(children.type == .integer(range: 1...2_147_483_647, unit: nil))
        #expect(children.needsRestart)
        #expect(BalancerParameter.named("load_balance_mode")?.type == .boolean)
        #expect(BalancerParameter.named("log_statement")?.needsRestart == false)
        #expect(BalancerParameter.named("child_life_time")?.type == .integer(range: 0...2_147_483_647, unit: .seconds))
        #expect(BalancerParameter.named("delay_threshold")?.type == .integer(range: 0...Int.max, unit: .bytes))
        #expect(BalancerParameter.named("memqcache_method")?.type == .choice(["shmem", "memcached"]))
    }

    @Test func `every line of the list is read`() {
        #expect(BalancerParameter.names().count == 82)
        #expect(BalancerParameter.names(driver: .pgbalancer).count == 88)
        #expect(BalancerParameter.names().allSatisfy { BalancerParameter.named($0)?.name == $0 })
    }

    @Test func `health checks can be set for one node`() {
        #expect(
            BalancerParameter.named("health_check_period31")?.type == .integer(range: 0...2_147_483_647, unit: .seconds)
        )
        #expect(
            BalancerParameter.named("health_check_max_retries0")?.type == .integer(range: 0...2_147_483_647, unit: nil)
        )
        #expect(BalancerParameter.named("health_check_period32") == nil)
        #expect(BalancerParameter.named("health_check_period01") == nil)
        #expect(BalancerParameter.named("max_pool0") == nil)
    }

    @Test func `later parameters are pgBalancer's only`() {
        #expect(BalancerParameter.named("min_spare_children") == nil)
        #expect(BalancerParameter.named("min_spare_children", driver: .pgbalancer) != nil)
    }

    @Test(
        arguments: [
            ("load_balance_mode", "ON", "on"), ("load_balance_mode", true, "on"), ("load_balance_mode", 0, "off"),
            ("log_connections", "no", "off"), ("num_init_children", "16", "16"), ("num_init_children", 16.0, "16"),
            ("child_life_time", "5min", "5min"), ("child_life_time", "5 min", "5 min"),
            ("memqcache_total_size", "64MB", "64MB"),
            ("log_min_messages", "Warning", "warning"),
            ("reset_query_list", "ABORT; DISCARD ALL", "ABORT; DISCARD ALL"),
        ] as [(String, Document, String)]
    )
    func `values are kept in one form`(name: String, value: Document, kept: String) throws {
        let document: Document = ["balancers": [["name": "lb1", "config": .object([.init(name, value)])]]]
        #expect(try Topology.load(document, source: "x").balancers[0].parameters == [name: kept])
    }

    @Test(
        arguments: [
            ("num_init_children", 0, "must be a whole number, 1 or more"),
            ("num_init_children", 2_147_483_648, "must be a whole number, 1 or more"),
            ("num_init_children", "16 children", "must be a whole number"),
            ("health_check_period", "500ms", "must be a whole number"),
            ("health_check_period0", "500ms", "must be a whole number of seconds; its units are s, min, h, d"),
            ("child_life_time", "-1s", "must be a whole number of seconds, 0 or more"),
            ("memqcache_total_size", "9000000000000GB", "must be a whole number of bytes, 0 or more"),
            ("memqcache_total_size", "1.5GB", "must be a whole number of bytes; its units are B, kB, MB, GB, TB"),
        ] as [(String, Document, String)]
    )
    func `values out of range are refused`(name: String, value: Document, reason: String) {
        let document: Document = ["balancers": [["name": "lb1", "config": .object([.init(name, value)])]]]
        #expect(problems(document) == ["balancers[0].config.\(name) = \(value.json()): \(reason)"])
    }

    /// What pgbc sets itself and what a topology may set must not meet, or a topology could override it.
    @Test(arguments: [
        "backend_hostname0", "backend_weight3", "backend_clustering_mode", "listen_addresses", "port",
        "pcp_listen_addresses", "pcp_port",
        "pcp_socket_dir", "socket_dir", "unix_socket_directories", "pool_passwd", "enable_pool_hba",
        "allow_clear_text_frontend_auth", "failover_command", "follow_primary_command", "failback_command",
        "sr_check_user",
        "sr_check_password", "sr_check_period", "health_check_user", "health_check_user0", "health_check_password",
        "health_check_database", "use_watchdog", "wd_port0", "hostname0", "heartbeat_port0", "delegate_IP",
        "trusted_servers",
        "pid_file_name", "logdir", "log_destination", "logging_collector", "recovery_user", "replication_mode",
        "rest_api_port",
    ])
    func `what pgbc sets itself is refused`(name: String) {
        #expect(BalancerParameter.named(name) == nil)
        let document: Document = ["balancers": [["name": "lb1", "config": .object([.init(name, "x")])]]]
        let lines = problems(document)
        #expect(lines.count == 1 && !lines.joined().contains("has no such parameter"), "\(lines)")
    }
}
