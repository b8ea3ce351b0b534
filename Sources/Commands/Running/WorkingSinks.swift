internal import PluginAPI

/// Gives sinks that need time for their events a task each, for as long as an operation runs and a few seconds more.
enum WorkingSinks {
    /// How long the end of a run is held up by sinks that are not done.
    static let patience = Duration.seconds(5)

    static func working<Result: Sendable>(
        _ sinks: [any WorkingSink],
        in surroundings: SinkSurroundings,
        around body: () async throws -> Result
    ) async throws -> Result {
        guard !sinks.isEmpty else { return try await body() }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for sink in sinks {
                group.addTask {
                    await sink.work(surroundings)
                    return true
                }
            }
            defer { group.cancelAll() }
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            for sink in sinks { sink.finish() }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            var left = sinks.count
            while left > 0, try await group.next() == true { left -= 1 }
            if left > 0 { surroundings.tell("a sink of events was not done after \(patience); it was stopped") }
            return try result.get()
        }
    }
}
