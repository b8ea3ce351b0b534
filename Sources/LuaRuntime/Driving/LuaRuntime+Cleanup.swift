import CLuaBridge

/// The time to clean up after a cancellation is over.
struct LuaCleanupError: Error, LuaConvertibleError, CustomStringConvertible {
    let limit: Duration

    var description: String { "the script was cancelled and its time to clean up (\(limit)) is over" }
    var luaFields: LuaTable { ["code": "cancelled", "message": .string(description)] }
}

extension LuaRuntime {
    /// Does something for a cancelled script that is cleaning up: out of reach of the cancellation, within the time
    /// that is left.
    ///
    /// A child task of a cancelled task is born cancelled, so this is a task of its own; it is awaited on the spot.
    func cleaningUp<Value: Sendable>(
        _ thread: LuaThread,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let time = thread.cleanupTime
        let expired = LuaCleanupError(limit: limits.cleanup)
        if time <= 0 { throw expired }
        return try await Task(executorPreference: host.executor) { [host] in
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    try? await host.wait(seconds: time)
                    return nil
                }
                defer { group.cancelAll() }
                guard let value = try await group.next() ?? nil else { throw expired }
                return value
            }
        }.value
    }
}
