/// What the engine offers besides clusters: images, and an examination of itself.
public protocol EngineServices: Sendable {
    /// Builds those of the default images that are asked for, or all; `force` builds also what is there already.
    func buildImages(_ names: [String], force: Bool, progress: @escaping ProgressHandler) async throws -> [ImageReport]
    /// The images that pgbc uses, whether there or not.
    func images() async throws -> [ImageReport]
    /// Examines engine, API version, images, ports, subnets and disk. Never throws: what cannot be examined is a result.
    func examine() async -> [Examination]
    /// Runs a program in a container, connected to a console for as long as it runs, and returns its exit code; `nil` where programs
    /// can only be run with their output collected. The engine cannot end a program: one that is given up may go on.
    func interact(_ command: [String], on target: Target, with console: any ProgramConsole) async throws -> Int?
}

extension EngineServices {
    /// Only collected output.
    public func interact(
        _ command: [String],
        on target: Target,
        with console: any ProgramConsole
    ) async throws -> Int? { nil }
}

/// An image that pgbc uses.
public struct ImageReport: Sendable, Equatable {
    /// Its reference: `pgbc/postgres:15`.
    public var name: String
    /// What it is for.
    public var purpose: String
    /// The engine's identifier, shortened; `nil` when the image is not there.
    public var id: String?
    /// Its size in bytes.
    public var bytes: Int?

    /// A report.
    public init(name: String, purpose: String, id: String? = nil, bytes: Int? = nil) {
        self.name = name
        self.purpose = purpose
        self.id = id
        self.bytes = bytes
    }
}

/// One thing that was examined.
public struct Examination: Sendable, Equatable {
    /// How it turned out.
    public enum Verdict: String, Sendable, Equatable {
        case good, warning, bad
    }

    /// What was examined: "API version".
    public var subject: String
    /// How it turned out.
    public var verdict: Verdict
    /// What was found: "1.41".
    public var finding: String
    /// How to mend it.
    public var advice: String?

    /// A result.
    public init(_ subject: String, _ verdict: Verdict, _ finding: String, advice: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.finding = finding
        self.advice = advice
    }
}
