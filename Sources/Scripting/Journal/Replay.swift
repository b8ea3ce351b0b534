internal import Orchestration
internal import Synchronization

/// Gives the answers of an earlier attempt in their old order, whatever coroutine asks first.
final class Replay: Sendable {
    private struct State {
        var next = 0
        var waiting: [Int: [CheckedContinuation<Void, any Error>]] = [:]
    }

    /// How many answers there are.
    let count: Int
    private let state = Mutex(State())

    init(count: Int) { self.count = count }

    /// Whether every old answer has been given.
    var isOver: Bool { count == 0 || state.withLock { $0.next >= count } }

    /// How many old answers have been given.
    var position: Int { state.withLock { $0.next } }

    /// Returns when every answer before this one has been given. `count` waits for all of them.
    ///
    /// Everything that is waited for here only computes; after `limit` the script is not what it was.
    func turn(_ number: Int, clock: any ClusterBackend, limit: Double = 60) async throws {
        if state.withLock({ $0.next >= number }) { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.wait(number) }
            group.addTask {
                try await clock.sleep(limit)
                throw ReplayStalled(position: self.position)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// As ``turn(_:clock:limit:)``, for as long as it takes.
    func wait(_ number: Int) async throws {
        while true {
            do {
                return try await park(number)
            } catch {
                // Whoever waits for the same answer was let go together with one that was cancelled.
                try Task.checkCancellation()
            }
        }
    }

    private func park(_ number: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.next >= number { return true }
                    state.waiting[number, default: []].append(continuation)
                    return false
                }
                if isDue { continuation.resume() } else if Task.isCancelled { release(number) }
            }
        } onCancel: {
            release(number)
        }
    }

    private func release(_ number: Int) {
        let released = state.withLock { $0.waiting.removeValue(forKey: number) ?? [] }
        for continuation in released { continuation.resume(throwing: CancellationError()) }
    }

    /// The answer whose turn it was has been given.
    func advance(past number: Int) {
        let released = state.withLock { state in
            state.next = max(state.next, number + 1)
            let due = state.waiting.keys.filter { $0 <= state.next }
            return due.flatMap { state.waiting.removeValue(forKey: $0) ?? [] }
        }
        for continuation in released { continuation.resume() }
    }
}

/// A script that was to repeat what it did, and waits for something else.
struct ReplayStalled: Error { let position: Int }
