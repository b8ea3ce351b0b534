internal import ClusterModel
internal import Orchestration
internal import Synchronization

/// One run of a script on a simulated engine of its own, with the faults that strike it.
struct TrialRun: Sendable {
    let trial: Trial
    let script: TrialScript
    let seed: UInt64
    let faults: [Fault]
    /// What the script leaves on purpose, as its run without faults shows; `nil` when this is that run.
    var intended: Set<String>?

    /// How it ended.
    struct Result: Sendable {
        /// What must never be, and was.
        var violations: [String] = []
        /// Identifiers of the steps that were done, each with how often it was done by then.
        var steps: [(id: String, occurrence: Int)] = []
        var history: [Happening] = []
        /// What the script leaves on purpose.
        var intended: Set<String> = []
        var calls = 0
        var seconds = 0.0
    }

    /// Repeats it: the seed, then the faults.
    var replay: String { "\(seed)/\(faults.map(\.description).joined(separator: ","))" }

    func callAsFunction() async throws -> Result {
        let backend = SimulatedBackend(seed: seed, writesPerSecond: trial.writesPerSecond)
        return try await withTaskExecutorPreference(backend.executor) {
            // Only what is resumed goes to that executor; what has not waited yet is still where it was.
            await Task.yield()
            return try await run(on: backend)
        }
    }

    private func run(on backend: SimulatedBackend) async throws -> Result {
        if let topology = trial.topology { await backend.place(.running(topology)) }
        await backend.arm(faults)
        let first = await attempt(on: backend, resumes: false)
        try Task.checkCancellation()
        var complaints = judge(first)
        let crashed = await backend.revive()
        if first != nil {
            await backend.outlast(faults)
            complaints += await secondAttempt(on: backend, resumes: crashed)
        }
        try Task.checkCancellation()
        await backend.outlast(faults)
        let intended = if let intended { intended } else { await backend.intended() }
        complaints += await backend.unsettled(apartFrom: intended)
        var result = await backend.result()
        result.intended = intended
        result.violations += complaints
        return result
    }

    /// The error of the script; `nil` when it succeeded. It has a simulated day.
    private func attempt(on backend: SimulatedBackend, resumes: Bool) async -> (any Error)? {
        let stage = TrialStage(
            backend: backend,
            events: SilentSink(),
            name: replay,
            resumes: resumes,
            mayDie: faults.contains(where: \.isDeath),
            isAlive: { !backend.death.withLock { $0 } }
        )
        let script = script
        return await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                do {
                    _ = try await script(stage)
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                do {
                    try await backend.clock.sleep(86_400)
                    return TooLong()
                } catch {
                    return error
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// What is wrong with the script when nothing was in its way.
    private func judge(_ error: (any Error)?) -> [String] {
        guard let error else { return [] }
        if error is TooLong { return ["the script did not end within a simulated day"] }
        return faults.isEmpty ? ["the script fails although nothing goes wrong: \(Self.text(error))"] : []
    }

    /// After a failure the script is run once more, when nothing is in its way; it has to succeed, or to find nothing left to do.
    ///
    /// A resumed run is told of the failure that it knew of before it was cut, and may end with it: then it is run anew.
    private func secondAttempt(on backend: SimulatedBackend, resumes: Bool) async -> [String] {
        guard !faults.isEmpty, var error = await attempt(on: backend, resumes: resumes) else { return [] }
        if resumes, faults.count > 1 {
            guard let another = await attempt(on: backend, resumes: false) else { return [] }
            error = another
        }
        let code = (error as? ClusterError)?.code
        // Where another node became the primary, a script may be refused for a good reason.
        let isRefused = code == .conflict && faults.contains { $0.step == nil }
        let isDone = code == .notFound || code == .invalid || isRefused
        guard isDone else { return ["run again after it, the script fails: \(Self.text(error))"] }
        return await backend.complete()
    }

    private static func text(_ error: any Error) -> String { String(describing: error) }
}

/// The script went on and on.
struct TooLong: Error {}
