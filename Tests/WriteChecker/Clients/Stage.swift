import Foundation
import Synchronization

/// What all threads of one check share: its clock, whether it is over, and how many have arrived where.
final class Stage: Sendable {
    private let begin = ContinuousClock.now
    private let ended = Atomic(false)
    private let newest: Mutex<[Int: Int]> = Mutex([:])
    private let writes = Atomic(0)
    private let maximum: Int

    /// Ends by itself after so many acknowledged writes.
    init(maximum: Int) { self.maximum = maximum }

    /// Seconds since the check began.
    var now: Double { (ContinuousClock.now - begin) / .seconds(1) }

    var isOver: Bool { ended.load(ordering: .relaxed) || writes.load(ordering: .relaxed) >= maximum }

    var acknowledged: Int { writes.load(ordering: .relaxed) }

    /// Counts an acknowledged write; it is its client's newest from now on.
    func countWrite(_ client: Int, _ count: Int) {
        writes.add(1, ordering: .relaxed)
        newest.withLock { $0[client] = count }
    }

    /// The newest write that a client knows to be committed, and how many clients have one.
    func newest(of client: Int) -> Int { newest.withLock { $0[client] ?? -1 } }

    /// The newest acknowledged write of each client.
    var progress: [Int: Int] { newest.withLock { $0 } }

    func end() { ended.store(true, ordering: .relaxed) }
}

/// Runs blocking work on a thread of its own: libpq's waits must not hold the threads that tasks run on.
func onOwnThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}

/// Sleeps on a thread of its own.
func rest(_ seconds: Double) {
    guard seconds > 0 else { return }
    Thread.sleep(forTimeInterval: seconds)
}
