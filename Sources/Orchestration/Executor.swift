internal import ClusterModel

/// Carries out a plan. It decides nothing: order and causes are the plan's.
struct Executor: Sendable {
    let backend: any ClusterBackend
    let events: any EventSink

    /// How one step ended.
    private enum Outcome: Sendable {
        case done
        case failed(any Error)
    }

    /// Runs every step once all that it depends on has succeeded; independent steps run together.
    ///
    /// After a failure the steps that do not depend on it still run; those that do are reported as skipped. Throws the
    /// first failure once everything has ended.
    func run(_ plan: Plan) async throws {
        let begin = await backend.time()
        events.receive(.planStarted(plan))
        var waiting = plan.steps
        var done: Set<String> = []
        var lost: Set<String> = []
        var firstFailure: (any Error)?
        try await withThrowingTaskGroup(of: (String, Outcome).self) { group in
            var running = 0
            while true {
                if !Task.isCancelled {
                    for step in waiting where step.dependencies.allSatisfy(done.contains) {
                        group.addTask { (step.id, await perform(step, of: plan)) }
                        running += 1
                    }
                    waiting.removeAll { $0.dependencies.allSatisfy(done.contains) }
                }
                guard running > 0, let (id, outcome) = try await group.next() else { break }
                running -= 1
                switch outcome {
                case .done: done.insert(id)
                case .failed(let error):
                    lost.insert(id)
                    firstFailure = firstFailure ?? error
                }
            }
        }
        reportSkipped(waiting, lost: lost)
        if let firstFailure { throw firstFailure }
        try Task.checkCancellation()
        events.receive(.planFinished(cluster: plan.cluster, seconds: await backend.time() - begin))
    }

    private func perform(_ step: Step, of plan: Plan) async -> Outcome {
        let begin = await backend.time()
        events.receive(.stepStarted(step))
        do {
            let events = events
            let note = try await backend.perform(step, of: plan) { events.receive(.stepProgressed(step, $0)) }
            events.receive(.stepFinished(step, seconds: await backend.time() - begin, note: note))
            return .done
        } catch {
            let reason = error is CancellationError ? "interrupted" : String(describing: error)
            events.receive(.stepFailed(step, seconds: await backend.time() - begin, error: reason))
            return .failed(error)
        }
    }

    /// Reports every step that never began, with the step that stood in its way.
    private func reportSkipped(_ steps: [Step], lost: Set<String>) {
        var lost = lost
        for step in steps {
            let reason =
                step.dependencies.first(where: lost.contains).map { "\($0) did not succeed" } ?? "the run was cut"
            lost.insert(step.id)
            events.receive(.stepSkipped(step, because: reason))
        }
    }
}

extension Duration {
    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
