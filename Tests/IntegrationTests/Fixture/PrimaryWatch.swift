import Foundation
import Testing

/// Looks at every node of a balancer through its own port, again and again, for a second primary.
struct PrimaryWatch: Sendable {
    let nodes: [(name: String, connection: Connection)]

    init(_ cluster: Cluster, nodes: [String]) async throws {
        var connections: [(String, Connection)] = []
        for node in nodes { connections.append((node, try await cluster.node(node))) }
        self.nodes = connections
    }

    /// Runs the body while watching; records an issue when two nodes were primaries at the same time.
    func during<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await watch()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// A node that was a primary before and after another one was seen as a primary was so at the same time.
    private func watch() async throws {
        var last: [(name: String, id: String)] = []
        while !Task.isCancelled {
            var now: [(name: String, id: String)] = []
            for node in nodes {
                if let id = await primaryStart(of: node.connection) { now.append((node.name, id)) }
            }
            let both = now.filter { seen in last.contains { $0 == seen } }
            if both.count > 1 { Issue.record("two primaries at the same time: \(both.map(\.name))") }
            last = now
        }
    }

    /// When the server started, if it is a primary now: the same server seen twice did not stop in between.
    private func primaryStart(of connection: Connection) async -> String? {
        let rows = try? await connection.run(
            "SELECT pg_postmaster_start_time() WHERE NOT pg_is_in_recovery()",
            limit: .seconds(10)
        )
        return rows?.first
    }
}
