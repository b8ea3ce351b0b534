/// What went wrong in one call to the engine: what was tried, what came back, and what to do about it.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; decide on this, never on the text.
    public var code: Code
    /// What was tried and on what, as in `create container primary1`.
    public var operation: String
    /// What the engine or the connection said.
    public var message: String
    /// The HTTP status, where the engine answered.
    public var status: Int?
    /// What a person can do about it, where that is known.
    public var advice: String?
    /// The error of the layer below, where there was one.
    public var cause: (any Error)?

    /// An error made from its parts.
    public init(
        code: Code,
        operation: String,
        message: String,
        status: Int? = nil,
        advice: String? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.operation = operation
        self.message = message
        self.status = status
        self.advice = advice
        self.cause = cause
    }

    /// One line: the operation, the answer, the advice.
    public var description: String {
        let answer = status.map { "the engine answered \($0): " } ?? ""
        let hint = advice.map { " (\($0))" } ?? ""
        return "\(operation): \(answer)\(message)\(hint)"
    }
}

extension EngineError {
    /// The kinds of failure; the set may grow.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        /// Nothing listens at the engine's address, or it could not be reached within the connect limit.
        public static let unreachable = Code(name: "unreachable")
        /// The engine's socket or the engine itself refused this user.
        public static let permissionDenied = Code(name: "permission denied")
        /// The address, or a file that it names, cannot be used.
        public static let invalidAddress = Code(name: "invalid address")
        /// The TLS handshake failed.
        public static let tlsFailed = Code(name: "TLS failed")
        /// The connection ended in the middle of an answer.
        public static let connectionLost = Code(name: "connection lost")
        /// Status 404: no such container, image, network, volume, exec or path.
        public static let notFound = Code(name: "not found")
        /// Status 409: a name that is taken, or a state that does not allow the call.
        public static let conflict = Code(name: "conflict")
        /// Status 400, or another 4xx that has no code of its own.
        public static let badRequest = Code(name: "bad request")
        /// Status 5xx, or a failure reported inside a build or pull. A full disk arrives as this, with the engine's text.
        public static let serverError = Code(name: "server error")
        /// The call's own time limit passed.
        public static let timedOut = Code(name: "timed out")
        /// The Swift task was cancelled.
        public static let cancelled = Code(name: "cancelled")
        /// An answer that does not have the documented shape.
        public static let protocolError = Code(name: "protocol error")
        /// The engine speaks only an API that is older than this client's oldest.
        public static let unsupportedVersion = Code(name: "unsupported version")

        /// The code in words.
        public var description: String { name }
    }
}

extension EngineError.Code {
    /// The code of an HTTP status that is not a success.
    init(status: UInt) {
        switch status {
        case 401, 403: self = .permissionDenied
        case 404: self = .notFound
        case 409: self = .conflict
        case 400..<500: self = .badRequest
        case 500...: self = .serverError
        default: self = .protocolError
        }
    }
}
