public import ClusterModel

/// Something that happened during an operation.
public enum Event: Sendable, Equatable {
    /// A plan is about to be carried out.
    case planStarted(Plan)
    /// A step began.
    case stepStarted(Step)
    /// How far a step is.
    case stepProgressed(Step, String)
    /// A step succeeded, after so many seconds, with a note.
    case stepFinished(Step, seconds: Double, note: String?)
    /// A step failed.
    case stepFailed(Step, seconds: Double, error: String)
    /// A step was not begun, because a step that it depends on failed or the run was cut.
    case stepSkipped(Step, because: String)
    /// Every step of a plan is over.
    case planFinished(cluster: String, seconds: Double)
    /// A named stretch of the script began or ended.
    case scriptStep(ScriptStep)
    /// A sentence for the reader.
    case note(String)
}

/// Takes events. It must return at once: a slow sink buffers for itself.
public protocol EventSink: Sendable {
    /// Called in the order in which things happened, possibly from several tasks.
    func receive(_ event: Event)
}

/// Drops every event.
public struct SilentSink: EventSink {
    /// A sink that drops every event.
    public init() {}
    /// Does nothing.
    public func receive(_ event: Event) {}
}
