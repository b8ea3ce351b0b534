public import ClusterModel
public import Orchestration

extension Event {
    /// The event as `--json` prints it and as handlers of plugins receive it. ``EventCatalogue`` says what it holds.
    public var document: Document {
        switch self {
        case .planStarted(let plan):
            [
                "event": "plan.started", "cluster": .string(plan.cluster),
                "steps": .array(plan.steps.map { .string($0.id) }),
            ]
        case .stepStarted(let step): step.event("step.started", [.init("cause", .string(step.cause))])
        case .stepProgressed(let step, let text): step.event("step.progressed", [.init("progress", .string(text))])
        case .stepFinished(let step, let seconds, let note):
            step.event(
                "step.finished",
                [.init("seconds", seconds.inMicroseconds)] + (note.map { [.init("note", .string($0))] } ?? [])
            )
        case .stepFailed(let step, let seconds, let error):
            step.event("step.failed", [.init("seconds", seconds.inMicroseconds), .init("error", .string(error))])
        case .stepSkipped(let step, let reason): step.event("step.skipped", [.init("because", .string(reason))])
        case .planFinished(let cluster, let seconds):
            ["event": "plan.finished", "cluster": .string(cluster), "seconds": seconds.inMicroseconds]
        case .scriptStep(let step): step.event
        case .note(let text): ["event": "note", "text": .string(text)]
        }
    }
}

extension Step {
    fileprivate func event(_ name: String, _ more: [Document.Member]) -> Document {
        .object([.init("event", .string(name)), .init("id", .string(id)), .init("title", .string(title))] + more)
    }
}

extension Double {
    /// The number without digits that no clock of ours measures.
    fileprivate var inMicroseconds: Document { .number((self * 1e6).rounded() / 1e6) }
}

extension ScriptStep {
    fileprivate var event: Document {
        switch state {
        case .begun: event("script.step.started", [])
        case .done(let seconds): event("script.step.finished", [.init("seconds", seconds.inMicroseconds)])
        case .failed(let seconds, let error):
            event("script.step.failed", [.init("seconds", seconds.inMicroseconds), .init("error", .string(error))])
        }
    }

    private func event(_ kind: String, _ more: [Document.Member]) -> Document {
        let own: [Document.Member] = [
            .init("event", .string(kind)), .init("name", .string(name)),
            .init("path", .array(path.map(Document.string))),
        ]
        return .object(own + more)
    }
}
