public import ClusterModel

/// Why an operation on a cluster failed: what was tried, on what, what came back, and what to do.
public struct ClusterError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; each has one exit code.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, as scripts and `--json` see it.
        public let description: String
        /// The exit code of a command that ends with it.
        public let exitCode: Int32

        /// An operation failed.
        public static let failed = Code(description: "failed", exitCode: 1)
        /// Wrong usage, or an invalid topology.
        public static let invalid = Code(description: "invalid", exitCode: 2)
        /// The engine does not answer.
        public static let unreachable = Code(description: "unreachable", exitCode: 3)
        /// The engine's socket may not be used by this user.
        public static let permissionDenied = Code(description: "permission_denied", exitCode: 3)
        /// The cluster, balancer, node or image does not exist.
        public static let notFound = Code(description: "not_found", exitCode: 4)
        /// A lock, port, name or network is held by somebody else.
        public static let conflict = Code(description: "conflict", exitCode: 5)
        /// After acting, the cluster was not as it should be.
        public static let verificationFailed = Code(description: "verification_failed", exitCode: 6)
        /// A wait reached its limit.
        public static let timedOut = Code(description: "timeout", exitCode: 6)
        /// Ctrl-C, or a sibling that failed.
        public static let cancelled = Code(description: "cancelled", exitCode: 130)
    }

    /// The kind of failure.
    public var code: Code
    /// What was tried, on what: "start primary1".
    public var operation: String
    /// What came back.
    public var message: String
    /// What to do about it.
    public var advice: String?
    /// Single problems, when there is more than one.
    public var details: [String]

    /// An error; `operation` reads as "could not <operation>".
    public init(_ code: Code, operation: String, message: String, advice: String? = nil, details: [String] = []) {
        self.code = code
        self.operation = operation
        self.message = message
        self.advice = advice
        self.details = details
    }

    /// The same with advice, where it has none yet.
    public func advising(_ advice: String) -> ClusterError {
        var error = self
        error.advice = error.advice ?? advice
        return error
    }

    /// One line, and a line for each detail.
    public var description: String {
        let first = "could not \(operation): \(message)"
        let lines = [first] + details.map { "  - \($0)" } + (advice.map { ["  \($0)"] } ?? [])
        return lines.joined(separator: "\n")
    }
}

extension ClusterError {
    /// An invalid topology, with all of its problems. Problems that are all of one kind decide the code.
    public init(_ error: InvalidTopology) {
        let kinds = Set(error.problems.map(\.kind))
        let code: Code =
            switch kinds.count == 1 ? kinds.first : nil {
            case .notFound: .notFound
            case .conflict: .conflict
            default: .invalid
            }
        self.init(
            code,
            operation: "use \(error.source)",
            message: error.problems.count == 1 ? "1 problem" : "\(error.problems.count) problems",
            details: error.problems.map(\.description)
        )
    }
}
