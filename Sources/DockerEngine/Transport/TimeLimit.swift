/// The error of a time limit that passed.
struct TimeLimitPassed: Error {
    let limit: Duration
}

/// Runs the body as a child task and cancels it when the limit passes.
/// - Throws: What the body throws, or ``TimeLimitPassed``.
func within<Value: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitPassed(limit: limit)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
