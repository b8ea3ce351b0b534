internal import ClusterModel
internal import Orchestration

/// Asks a balancer, through its SQL port, for its own view of its nodes and for the use of its pool.
enum PoolProbe {
    /// Limit for one probe, in seconds. A full pool does not answer at all.
    static let timeout = 2.5

    static func ask(_ endpoint: PostgresEndpoint) async throws -> PoolView {
        try await PostgresSession.with(endpoint, timeout: timeout) { connection in
            let nodes = try connection.run("show pool_nodes").records
            let processes = try connection.run("show pool_processes").records
            return PoolView(
                nodes: nodes.compactMap(PoolView.Node.init),
                // Ours is one of the sessions.
                sessions: max(0, processes.count { $0["database"]?.isEmpty == false } - 1),
                capacity: processes.count
            )
        }
    }
}

extension SQLResult {
    /// Each row by the names of its columns, as text.
    var records: [[String: String]] {
        rows.map { row in
            Dictionary(zip(columns, row.map { $0.sqlText ?? "" }), uniquingKeysWith: { first, _ in first })
        }
    }
}

extension PoolView.Node {
    fileprivate init?(_ row: [String: String]) {
        guard let id = row["node_id"].flatMap(Int.init), let status = row["status"] else { return nil }
        self.init(
            id: id,
            status: status,
            role: row["role"] ?? "",
            weight: row["lb_weight"].flatMap(Double.init) ?? 0,
            selects: row["select_cnt"].flatMap(Int.init) ?? 0
        )
    }
}
