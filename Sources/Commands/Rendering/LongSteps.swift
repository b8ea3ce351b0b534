internal import ClusterModel
internal import Orchestration

/// What a pipe is told of steps that take long: a line for each ten seconds, with what the step last said.
struct LongSteps: Sendable {
    private var board = StepBoard()
    private var told: [String: Int] = [:]

    mutating func receive(_ event: Event, at now: ContinuousClock.Instant) {
        if case .planStarted = event { told = [:] }
        board.receive(event, at: now)
    }

    /// The lines that are due.
    mutating func lines(at now: ContinuousClock.Instant) -> [String] {
        board.steps.compactMap { step, _ in
            guard case .running(let since, let progress) = board.state(of: step) else { return nil }
            let tens = Int((now - since) / .seconds(10))
            guard tens > told[step.id, default: 0] else { return nil }
            told[step.id] = tens
            return "still    \(step.title)  \(tens * 10) s\(progress.map { "  \($0)" } ?? "")"
        }
    }
}
