/// A command line that makes no sense.
struct UsageError: Error, Equatable, CustomStringConvertible {
    var message: String
    /// What to do: "pgbc --help lists the commands".
    var advice: String?

    init(_ message: String, advice: String? = nil) {
        self.message = message
        self.advice = advice
    }

    var description: String { message + (advice.map { "\n  \($0)" } ?? "") }
}

/// A script that failed, with what is needed to tell of it.
struct FailedRun: Error {
    let error: any Error
    /// True for pgbc's own recipes, whose lines the user never wrote.
    let isOwnScript: Bool
    /// The command that completes the plan that had begun and had not ended; `nil` when there is none.
    let completion: String?
}
