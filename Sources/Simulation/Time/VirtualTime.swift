internal import Dispatch
internal import Synchronization

/// One thread for all tasks of a run, and a clock that stands still while any of them can go on.
///
/// Tasks take turns in the order in which they became ready, so that a run with the same seed is the same run. When all of them
/// wait, the clock jumps to where the first one wakes. A task that runs elsewhere is not seen: see ``outside(_:)``.
final class VirtualTime: TaskExecutor {
    private let queue = DispatchQueue(label: "pgbc.simulation")
    private let state = Mutex(State())

    /// Seconds since the run began.
    var now: Double { state.withLock { $0.now } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if state.withLock({ $0.begins(with: job) }) { queue.async { self.drain() } }
    }

    /// Waits on this clock; throws when the task is cancelled.
    func sleep(_ seconds: Double) async throws {
        try Task.checkCancellation()
        let number = state.withLock { $0.nextNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, begins) = state.withLock { $0.sleep(max(0, seconds), number, continuation) }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                if begins { queue.async { self.drain() } }
            }
        } onCancel: {
            state.withLock { $0.cancel(number) }?.resume(throwing: CancellationError())
        }
    }

    /// Holds the clock while the body waits for something that this clock does not drive.
    func outside<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.outside += 1 }
        defer {
            let begins = state.withLock { $0.returns() }
            if begins { queue.async { self.drain() } }
        }
        return try await body()
    }

    private func drain() {
        let executor = asUnownedTaskExecutor()
        while let next = state.withLock({ $0.next() }) {
            switch next {
            case .job(let job): job.runSynchronously(on: executor)
            case .wake(let continuation): continuation.resume()
            }
        }
    }

    /// What the thread does next.
    private enum Turn {
        case job(UnownedJob)
        case wake(CheckedContinuation<Void, any Error>)
    }

    private struct State {
        var now = 0.0
        var outside = 0
        private var jobs: [UnownedJob] = []
        private var first = 0
        private var sleepers = Queue<Int>()
        private var continuations: [Int: CheckedContinuation<Void, any Error>] = [:]
        private var cancelled: Set<Int> = []
        private var numbers = 0
        private var isDraining = false

        mutating func nextNumber() -> Int {
            numbers += 1
            return numbers
        }

        /// True when the thread has to be started.
        mutating func begins(with job: UnownedJob) -> Bool {
            jobs.append(job)
            return starts()
        }

        mutating func sleep(
            _ seconds: Double,
            _ number: Int,
            _ continuation: CheckedContinuation<Void, any Error>
        ) -> (isCancelled: Bool, begins: Bool) {
            guard cancelled.remove(number) == nil else { return (true, false) }
            continuations[number] = continuation
            sleepers.add(number, at: now + seconds)
            return (false, starts())
        }

        mutating func cancel(_ number: Int) -> CheckedContinuation<Void, any Error>? {
            guard let sleeper = continuations.removeValue(forKey: number) else {
                cancelled.insert(number)
                return nil
            }
            return sleeper
        }

        mutating func returns() -> Bool {
            outside -= 1
            return starts()
        }

        mutating func next() -> Turn? {
            if let job = nextJob() { return .job(job) }
            while outside == 0, let (time, number) = sleepers.popFirst() {
                // one that was cancelled does not move the clock
                guard let continuation = continuations.removeValue(forKey: number) else { continue }
                now = max(now, time)
                return .wake(continuation)
            }
            isDraining = false
            return nil
        }

        private mutating func nextJob() -> UnownedJob? {
            guard first < jobs.count else { return nil }
            defer {
                first += 1
                if first == jobs.count {
                    jobs.removeAll(keepingCapacity: true)
                    first = 0
                }
            }
            return jobs[first]
        }

        private mutating func starts() -> Bool {
            guard !isDraining else { return false }
            isDraining = true
            return true
        }
    }
}
