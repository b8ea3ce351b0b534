public import ClusterModel

/// One thing that a script can ask for, declared once. Dispatch, argument errors, permission, reference and completion come from it.
public struct Primitive: Sendable {
    /// What it does to the world.
    public enum Effect: String, Sendable {
        case read, change, destroy
    }

    /// Its name, as the prelude asks for it: `balancer.scale`.
    public let name: String
    /// How a script calls it, for messages and the reference: `lb:scale`.
    public let spelling: String
    /// Its parameters, in order.
    public let parameters: [Parameter]
    /// What it returns, in words and as a shape.
    public let result: String
    /// One line of documentation.
    public let summary: String
    /// What it does to the world, whatever its arguments are.
    public let effect: Effect
    /// What it does with certain arguments, where that is more.
    private let raised: (@Sendable ([String: Document]) -> Effect?)?
    /// Carries it out.
    public let body: @Sendable (PrimitiveCall) async throws -> Document

    /// A primitive; scripts call it by its name unless it is spelled otherwise.
    public init(
        _ name: String,
        as spelling: String? = nil,
        _ parameters: [Parameter] = [],
        result: String,
        summary: String,
        effect: Effect,
        raised: (@Sendable ([String: Document]) -> Effect?)? = nil,
        body: @escaping @Sendable (PrimitiveCall) async throws -> Document
    ) {
        self.name = name
        self.spelling = spelling ?? name
        self.parameters = parameters
        self.result = result
        self.summary = summary
        self.effect = effect
        self.raised = raised
        self.body = body
    }

    /// What a call with these arguments, already bound, does to the world: `node:query` changes something with `{write = true}`.
    public func effect(for arguments: [String: Document]) -> Effect { raised?(arguments) ?? effect }
}

/// The arguments of one call, already checked against the declaration, and where effects go.
public struct PrimitiveCall: Sendable {
    /// Carries out cluster operations.
    public let orchestrator: Orchestrator
    /// Whoever started the run.
    public let console: any Console
    /// Arguments by the names of their parameters; what was left out is missing.
    public let arguments: [String: Document]

    /// A call.
    public init(
        orchestrator: Orchestrator,
        console: any Console = NobodyThere(),
        arguments: [String: Document] = [:]
    ) {
        self.orchestrator = orchestrator
        self.console = console
        self.arguments = arguments
    }
}
