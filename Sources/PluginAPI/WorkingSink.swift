public import Orchestration

/// A taker of events that needs time for them: it keeps what it receives and works through that in a task which the host gives it.
///
/// A run waits a few seconds for it at its end, and no longer: a slow or failing sink never stops an operation.
public protocol WorkingSink: EventSink {
    /// Works through what was received, until ``finish()`` has been called and everything is done, or the task is cancelled.
    func work(_ surroundings: SinkSurroundings) async
    /// Nothing more will be received.
    func finish()
}

/// What a sink can reach while it works.
public struct SinkSurroundings: Sendable {
    /// Shows the reader a sentence.
    public let tell: @Sendable (String) -> Void

    /// What primitives are carried out with, for handlers in Lua.
    package let orchestrator: Orchestrator?

    /// Surroundings.
    public init(tell: @escaping @Sendable (String) -> Void) {
        self.tell = tell
        orchestrator = nil
    }

    /// Surroundings in which primitives can be carried out.
    package init(orchestrator: Orchestrator, tell: @escaping @Sendable (String) -> Void) {
        self.tell = tell
        self.orchestrator = orchestrator
    }
}
