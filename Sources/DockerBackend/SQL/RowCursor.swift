internal import ClusterModel
internal import Dispatch
internal import Orchestration
internal import Synchronization

/// The rows of one statement, a batch at a time, on a connection of its own. No more than a batch is held.
final class RowCursor: RowSource {
    private struct State: ~Copyable {
        var connection: PostgresConnection?
        var isOpen = false
    }

    private let query: SQLQuery
    private let endpoint: PostgresEndpoint
    private let batch: Int
    private let what: String
    private let cancellation = Cancellation()
    private let state = Mutex(State())
    private static let threads = DispatchQueue(label: "pgbc.sql.rows", attributes: .concurrent)

    /// Nothing is asked before the first batch is. `what` says in errors where the rows come from.
    init(_ query: SQLQuery, on endpoint: PostgresEndpoint, batch: Int, what: String) {
        self.query = query
        self.endpoint = endpoint
        self.batch = batch
        self.what = what
    }

    func next() async throws -> SQLResult? {
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    Self.threads.async { continuation.resume(with: Result { try self.fetch() }) }
                }
            } onCancel: {
                cancellation.cancel()
            }
        } catch let error as PostgresError {
            throw ClusterError(error, operation: "read rows from \(what)")
        }
    }

    func close() async {
        cancellation.cancel()
        state.withLock { $0.connection = nil }
    }

    private func fetch() throws -> SQLResult? {
        try state.withLock { state in
            if !state.isOpen { state.connection = try open() }
            state.isOpen = true
            guard let connection = state.connection else { return nil }
            connection.allow(query.timeout)
            let rows = try connection.run("fetch \(batch) from pgbc_rows")
            if rows.rows.isEmpty { state.connection = nil }
            return rows.rows.isEmpty ? nil : rows
        }
    }

    private func open() throws -> PostgresConnection {
        let connection = try PostgresConnection(to: endpoint, timeout: query.timeout, cancellation: cancellation)
        _ = try connection.run("begin transaction read only")
        let declare = "declare pgbc_rows no scroll cursor for \(query.text)"
        _ = try connection.run(declare, parameters: query.parameters, isSingle: true)
        return connection
    }
}
