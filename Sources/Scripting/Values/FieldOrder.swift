internal import ClusterModel

/// The order in which fields are shown. Lua tables have none of their own.
enum FieldOrder {
    /// Fields known here come first, in this order; the others follow by the alphabet.
    static func sorted(_ members: [Document.Member]) -> [Document.Member] {
        members.sorted { left, right in
            (rank[left.key] ?? known.count, left.key) < (rank[right.key] ?? known.count, right.key)
        }
    }

    private static let known = [
        "cluster", "cluster_name", "name", "network", "subnet", "gateway", "locked_by", "balancer", "node", "node_id",
        "container", "container_name", "state", "driver", "image", "host", "port", "pcp_port", "rest_port",
        "rest_api_port", "address", "ip_address", "primary", "replicas", "role", "version", "timeline", "lsn",
        "streaming", "lag_bytes", "lag_seconds", "connections", "max_connections", "pool_status", "pool_role", "weight",
        "selects", "sessions", "capacity", "balancers", "nodes", "running", "ports", "id", "change", "title", "kind",
        "subject", "sentence", "advice", "cause", "after", "steps", "findings", "text", "exit_code", "output", "errors",
        "connect", "next",
    ]

    private static let rank = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
}
