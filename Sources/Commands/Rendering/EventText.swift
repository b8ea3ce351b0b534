internal import ClusterModel
internal import Orchestration

extension Event {
    /// One line for a pipe; `nil` for what is not worth one. Starts and causes only with `verbose`.
    func line(verbose: Bool) -> String? {
        switch self {
        case .planStarted(let plan): "\(plan.cluster): \(plan.steps.count) steps"
        case .stepStarted(let step): verbose ? "begin    \(step.title) (\(step.cause))" : nil
        case .stepProgressed(let step, let text): verbose ? "         \(step.title): \(text)" : nil
        case .stepFinished(let step, let seconds, let note):
            "done     \(step.title)  \(seconds.tenths) s\(note.map { "  \($0)" } ?? "")"
        case .stepFailed(let step, let seconds, let error): "failed   \(step.title)  \(seconds.tenths) s  \(error)"
        case .stepSkipped(let step, let reason): "skipped  \(step.title)  because \(reason)"
        case .planFinished(let cluster, let seconds): "\(cluster): done in \(seconds.tenths) s"
        case .scriptStep(let step): step.line
        case .note(let text): text
        }
    }
}

extension ScriptStep {
    fileprivate var line: String {
        switch state {
        case .begun: "step     \(wholeName)"
        case .done(let seconds): "done     \(wholeName)  \(seconds.tenths) s"
        case .failed(let seconds, let error): "failed   \(wholeName)  \(seconds.tenths) s  \(error)"
        }
    }
}
