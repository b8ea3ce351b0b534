internal import ClusterModel
internal import Orchestration
internal import Scripting

/// An error as it is told to the user, and the exit code that it means.
struct ErrorReport: Equatable {
    var code: String
    var exitCode: Int32
    var message: String
    /// Where in the user's own script.
    var location: String?
    var traceback: String?
    /// The primitive that failed, and what it was called with.
    var primitive: String?
    var arguments: Document?

    init(_ code: ClusterError.Code, _ message: String) {
        self.code = code.description
        self.exitCode = code.exitCode
        self.message = message
    }

    /// - Parameter hidesPlace: places in the script mean nothing to the user, because it is one of pgbc's own.
    init(_ error: any Error, hidesPlace: Bool = false) {
        switch error {
        case let error as FailedRun:
            self.init(error.error, hidesPlace: error.isOwnScript)
            if let completion = error.completion, code == ClusterError.Code.cancelled.description {
                message = "\(Self.interrupted); \(completion) completes what was begun"
            } else if let completion = error.completion, !error.isOwnScript, completion.hasPrefix("pgbc resume") {
                message += "\n  \(completion) goes on from there"
            }
        case let error as ScriptError: self.init(script: error, hidesPlace: hidesPlace)
        default: self = Self.known(error, hidesPlace: hidesPlace) ?? Self(.failed, String(describing: error))
        }
    }

    /// What an error says that knows its own code.
    private static func known(_ error: any Error, hidesPlace: Bool) -> ErrorReport? {
        switch error {
        case let error as ClusterError: return Self(error.code, error.description)
        case let error as ScriptFailure: return Self(error.code, error.description)
        case var error as ArgumentError:
            if hidesPlace { error.location = nil }
            return Self(.invalid, error.description)
        case let error as ScriptUsageError: return Self(.invalid, error.description)
        case let error as UsageError: return Self(.invalid, error.description)
        case let error as InvalidTopology: return known(ClusterError(error), hidesPlace: hidesPlace)
        case let error as DocumentSyntaxError: return Self(.invalid, error.description)
        case is CancellationError: return Self(.cancelled, interrupted)
        default: return nil
        }
    }

    private init(script error: ScriptError, hidesPlace: Bool) {
        if let cause = error.cause, let known = Self.known(cause, hidesPlace: hidesPlace) {
            self = known
            // An argument error and a usage error name their place themselves.
            if cause is ClusterError || cause is ScriptFailure { location = error.location }
        } else {
            self.init(error.kind.code ?? Self.code(named: error.code), error.kind.advised(error.message))
            location = error.location
        }
        if let step = error.step { message += "\n  in step '\(step)'" }
        if hidesPlace, error.cause != nil { location = nil }
        traceback = error.traceback.isEmpty ? nil : error.traceback
        (primitive, arguments) = (error.primitive, error.arguments)
        if error.kind == .cancelled { self = Self(.cancelled, Self.interrupted) }
    }

    private static func code(named name: String?) -> ClusterError.Code {
        let codes: [ClusterError.Code] = [
            .invalid, .unreachable, .permissionDenied, .notFound, .conflict, .verificationFailed, .timedOut, .cancelled,
        ]
        return codes.first { $0.description == name } ?? .failed
    }

    private static let interrupted = "interrupted"
}

extension ErrorReport {
    /// The lines for the standard error.
    func text(theme: Theme, verbose: Bool) -> String {
        let place = location.map { "\($0): " } ?? ""
        let call = primitive.map { ["in \($0)\(arguments?.json() ?? "")"] } ?? []
        let frames = (traceback ?? "").split(separator: "\n").map(String.init)
        let trace = verbose ? (call + frames).map { "\n  \(theme.faint($0))" }.joined() : ""
        return "\(theme.bad("error:")) \(place)\(message)\(trace)\n"
    }

    /// The error as `--json` prints it.
    var document: Document {
        var members: [Document.Member] = [
            .init("event", "error"), .init("code", .string(code)), .init("exit_code", .integer(Int(exitCode))),
            .init("message", .string(message)),
        ]
        guard let location else { return .object(members) }
        members.append(.init("location", .string(location)))
        if let primitive { members.append(.init("primitive", .string(primitive))) }
        if let arguments { members.append(.init("arguments", arguments)) }
        if let traceback { members.append(.init("traceback", .string(traceback))) }
        return .object(members)
    }
}

extension ScriptError.Kind {
    /// The code that the kind alone decides; `nil` when the script's own error does.
    fileprivate var code: ClusterError.Code? {
        switch self {
        case .syntax: .invalid
        case .memory, .instructions: .failed
        case .cancelled: .cancelled
        case .runtime: nil
        }
    }

    fileprivate func advised(_ message: String) -> String {
        switch self {
        case .memory: "\(message)\n  --memory raises the limit"
        case .instructions: "\(message)\n  --instructions raises the limit"
        default: message
        }
    }
}
