/// Whoever started a run: reads what scripts print and answers what they ask.
public protocol Console: Sendable {
    /// Asks a question that is answered with yes or no. Throws when there is nobody to ask.
    func confirm(_ question: String) async throws -> Bool
    /// Shows one line of a script's own output.
    func print(_ line: String)
}

/// A console with nobody behind it: drops what is printed and cannot be asked.
public struct NobodyThere: Console {
    /// A console with nobody behind it.
    public init() {}

    /// Always throws.
    public func confirm(_ question: String) async throws -> Bool { throw ClusterError.nobodyToAsk(question) }

    /// Does nothing.
    public func print(_ line: String) {}
}

extension ClusterError {
    /// A question that could not be put to anybody.
    public static func nobodyToAsk(_ question: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "ask \"\(question)\"",
            message: "the input is not a terminal",
            advice: "give --yes to go on without being asked"
        )
    }
}
