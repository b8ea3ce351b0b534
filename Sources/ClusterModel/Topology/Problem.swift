/// One thing that is wrong with a topology.
public struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// Where: `balancers[0].port`. Empty for the document as a whole.
    public var path: String
    /// What stands there, as it would be written; nil where nothing does.
    public var value: String?
    /// Why it cannot be.
    public var reason: String
    /// What to do instead.
    public var suggestion: String?
    /// Decides a command's exit code.
    public var kind: Kind

    /// What sort of refusal this is; a command's exit code follows from it.
    public enum Kind: Sendable, Equatable {
        /// The configuration or the request makes no sense.
        case invalid
        /// The balancer or node that was asked for does not exist.
        case notFound
        /// Somebody else has the port, the network or the name.
        case conflict
    }

    /// A problem of the configuration unless the kind says otherwise.
    public init(path: String, value: String? = nil, reason: String, suggestion: String? = nil, kind: Kind = .invalid) {
        self.path = path
        self.value = value
        self.reason = reason
        self.suggestion = suggestion
        self.kind = kind
    }

    /// One line: `balancers[0].port = 70000: a port is a whole number from 1 to 65535; use for example 19999`.
    public var description: String {
        let place = value.map { path.isEmpty ? $0 : "\(path) = \($0)" } ?? path
        let complaint = place.isEmpty ? reason : "\(place): \(reason)"
        return suggestion.map { "\(complaint); \($0)" } ?? complaint
    }
}

/// A topology that was refused, with everything that is wrong with it.
public struct InvalidTopology: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name as the user gave it, or the name of the cluster that was to be changed.
    public var source: String
    /// At least one.
    public var problems: [Problem]

    /// A refusal with its reasons.
    public init(source: String, problems: [Problem]) {
        self.source = source
        self.problems = problems
    }

    /// One line per problem, each led by the source.
    public var description: String { problems.map { "\(source): \($0)" }.joined(separator: "\n") }
}
