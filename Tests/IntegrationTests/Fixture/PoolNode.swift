import Testing

/// A row of the balancer's own `SHOW POOL_NODES`.
struct PoolNode: Equatable {
    let id: Int
    let status: String
    let realStatus: String
    let role: String
    let realRole: String
    let selects: Int
}

extension Connection {
    /// What the balancer says of its nodes.
    func poolNodes() async throws -> [PoolNode] {
        try await run("SHOW POOL_NODES").map { row in
            let fields = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count > 8, "SHOW POOL_NODES has other columns than expected: \(row)")
            return PoolNode(
                id: try #require(Int(fields[0])),
                status: fields[3],
                realStatus: fields[4],
                role: fields[6],
                realRole: fields[7],
                selects: try #require(Int(fields[8]))
            )
        }
    }

    /// So many connections one after another, each with one read.
    func readOverShortConnections(_ count: Int) async throws {
        let once = "SELECT 1;\n\\c -\n"
        _ = try await run(String(repeating: once, count: count))
    }
}
