/// The spelling of the Python tool that pgbc replaces: `--init --config FILE`.
enum LegacySpelling {
    private static let verbs = [
        "--init": "init", "--status": "status", "--destroy": "destroy", "--add-replica": "add-replica",
    ]

    /// The same command line with the verb in front; unchanged when it is not in the legacy spelling.
    ///
    /// The Python tool never asked before it destroyed what its file named, so its spelling means `--yes` where there is a file and
    /// nobody to ask. That a cluster is the only one on the engine does not say that it was meant.
    static func translated(
        _ arguments: [String],
        inputIsTerminal: Bool,
        hasConfig: Bool
    ) throws(UsageError) -> [String] {
        guard let first = arguments.first, first.hasPrefix("-") else { return arguments }
        let given = arguments.filter { verbs[$0] != nil }
        guard let flag = given.first, let verb = verbs[flag] else { return arguments }
        guard given.count == 1 else {
            throw UsageError(
                "\(given.joined(separator: " and ")) cannot be given together",
                advice: "give one of them at a time"
            )
        }
        let rest = arguments.filter { $0 != flag }
        let isNamed = hasConfig || rest.contains { !$0.hasPrefix("-") || $0.contains("=") }
        let isMeant = verb == "destroy" && !inputIsTerminal && isNamed && !rest.contains("--yes")
        return [verb] + rest + (isMeant ? ["--yes"] : [])
    }
}
