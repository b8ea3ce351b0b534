internal import ClusterModel
internal import Dispatch
internal import Orchestration

/// Runs blocking libpq work on threads of its own, so that the tasks that wait for it do not hold a thread.
enum PostgresSession {
    /// Connects, runs the work and disconnects, all within `timeout` seconds.
    static func with<Result: Sendable>(
        _ endpoint: PostgresEndpoint,
        timeout: Double,
        _ work: @escaping @Sendable (PostgresConnection) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A serial queue has a thread of its own; concurrent ones share the few threads that run tasks.
                DispatchQueue(label: "pgbc.sql").async {
                    continuation.resume(
                        with: Swift.Result {
                            let connection = try PostgresConnection(
                                to: endpoint,
                                timeout: timeout,
                                cancellation: cancellation
                            )
                            return try work(connection)
                        }
                    )
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// One statement on a connection of its own; read-only unless it says that it writes.
    static func run(_ query: SQLQuery, on endpoint: PostgresEndpoint) async throws -> SQLResult {
        try await with(endpoint, timeout: query.timeout) { connection in
            if !query.writes { _ = try connection.run("begin transaction read only") }
            let result = try connection.run(query.text, parameters: query.parameters, isSingle: true)
            if !query.writes { _ = try connection.run("rollback") }
            return result
        }
    }
}
