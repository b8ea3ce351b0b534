public import ClusterModel
public import Orchestration

/// A verb of the command line that a plugin brings along: `pgbc NAME`.
///
/// pgbc runs it as it runs its own verbs, through a small script that it writes (`pgbc recipe show NAME`): options, `--help`, `--json`,
/// `--dry-run`, completion and the journal come with that, and scripts can call it too. What it throws decides the exit code.
public struct ContributedVerb: Sendable {
    /// Of a-z, 0-9 and -.
    public let name: String
    /// One line for `pgbc --help`.
    public let summary: String
    /// What it takes on the command line.
    public let arguments: [VerbArgument]
    /// Whether it is about one cluster: the one that is named, or the only one. It fails when there is none.
    public let isAboutCluster: Bool
    /// What it does to the world. What only reads is not recorded, and runs in a dry run as it is.
    public let effect: Primitive.Effect
    /// Carries it out. What it returns is shown as a table, or as JSON.
    public let body: @Sendable (VerbCall) async throws -> Document

    /// A verb.
    public init(
        _ name: String,
        _ arguments: [VerbArgument] = [],
        summary: String,
        effect: Primitive.Effect,
        isAboutCluster: Bool = true,
        body: @escaping @Sendable (VerbCall) async throws -> Document
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.effect = effect
        self.isAboutCluster = isAboutCluster
        self.body = body
    }
}

/// One argument of a verb, declared as `pgbc.args` declares those of scripts.
public struct VerbArgument: Sendable, Equatable {
    /// What its text has to be. A duration arrives in seconds, a size in bytes, a list as an array of texts.
    public enum Kind: String, Sendable, Equatable {
        case string, integer, number, boolean, list, duration, size, choice, node, balancer
    }

    /// Of a-z, 0-9 and _; `max_lag` is `--max-lag`.
    public var name: String
    /// What its text has to be.
    public var kind: Kind
    /// One line of help.
    public var help: String
    /// Whether it has to be given.
    public var isRequired: Bool
    /// Its value when it is left out; a duration or a size may be text: "5m".
    public var preset: Document
    /// The least that a number may be.
    public var min: Double?
    /// The most that a number may be.
    public var max: Double?
    /// What a choice may be.
    public var choices: [String]
    /// Its place among those that may be given as a word without a flag, from 1; `nil` when it is none of them.
    public var position: Int?

    /// An argument.
    public init(
        _ name: String,
        _ kind: Kind = .string,
        required: Bool = false,
        default preset: Document = .null,
        min: Double? = nil,
        max: Double? = nil,
        choices: [String] = [],
        position: Int? = nil,
        help: String
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.isRequired = required
        self.preset = preset
        self.min = min
        self.max = max
        self.choices = choices
        self.position = position
    }
}

/// What a verb works with.
public struct VerbCall: Sendable {
    /// Carries out cluster operations: the engine's, or in a dry run a simulation's.
    public let orchestrator: Orchestrator
    /// Whoever typed it.
    public let console: any Console
    /// The cluster's name; empty when the verb is not about one.
    public let cluster: String
    /// Arguments by their names; what was left out and has no default is missing.
    public let arguments: [String: Document]

    /// A call.
    public init(
        orchestrator: Orchestrator,
        console: any Console = NobodyThere(),
        cluster: String = "",
        arguments: [String: Document] = [:]
    ) {
        self.orchestrator = orchestrator
        self.console = console
        self.cluster = cluster
        self.arguments = arguments
    }
}
