internal import ArgumentParser

/// What the parser of arguments says: a text that was asked for, or an error.
struct ParserOutcome {
    /// The help text or the version.
    var text = ""
    var failure: UsageError?

    /// `nil` for an error that does not come from the parser.
    init?(_ error: any Error, _ arguments: [String]) {
        let code = PgbcCommand.exitCode(for: error)
        if code == .success {
            text = PgbcCommand.fullMessage(for: error)
        } else if code == .validationFailure {
            let message = PgbcCommand.message(for: error)
            failure = UsageError(message, advice: "\(Self.command(arguments)) --help shows the usage")
        } else {
            return nil
        }
    }

    private static func command(_ arguments: [String]) -> String {
        guard let verb = arguments.first, verb.first?.isLetter == true else { return "pgbc" }
        return "pgbc \(verb)"
    }
}
