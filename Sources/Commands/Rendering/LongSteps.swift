internal import ClusterModel
internal import Orchestration

/// What a pipe is told of steps that take long: a line for each ten seconds, with what the step last said.
struct LongSteps: Sendable {
    private struct Running: Sendable {
        let step: Step
        let since: ContinuousClock.Instant
        var progress: String?
        var told = 0
    }

    /// Of all plans that run, in the order in which they began.
    private var running: [Running] = []

    mutating func receive(_ event: Event, at now: ContinuousClock.Instant) {
        switch event {
        case .stepStarted(let step): running.append(Running(step: step, since: now))
        case .stepProgressed(let step, let text):
            running.firstIndex { $0.step == step }.map { running[$0].progress = text }
        case .stepFinished(let step, _, _), .stepFailed(let step, _, _):
            running.firstIndex { $0.step == step }.map { _ = running.remove(at: $0) }
        default: break
        }
    }

    /// The lines that are due.
    mutating func lines(at now: ContinuousClock.Instant) -> [String] {
        running.indices.compactMap { index in
            let tens = Int((now - running[index].since) / .seconds(10))
            guard tens > running[index].told else { return nil }
            running[index].told = tens
            let progress = running[index].progress.map { "  \($0)" } ?? ""
            return "still    \(running[index].step.title)  \(tens * 10) s\(progress)"
        }
    }
}
