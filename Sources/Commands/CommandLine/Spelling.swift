internal import ClusterModel

/// A command line in the one spelling that the parser knows.
struct Spelling: Equatable {
    private(set) var words: [String]

    /// Translates the legacy spelling, separates a script's words from pgbc's, and refuses unknown verbs.
    init(_ arguments: [String], inputIsTerminal: Bool) throws(UsageError) {
        words = try LegacySpelling.translated(arguments, inputIsTerminal: inputIsTerminal)
        guard let verb = words.first, !verb.hasPrefix("-") else { return }
        guard PgbcCommand.verbNames.contains(verb) else { throw Self.unknown(verb) }
        switch verb {
        case "run": words = Self.separated(words, hoisting: true)
        case "exec": words = Self.separated(words, hoisting: false)
        default: break
        }
    }

    private static func unknown(_ verb: String) -> UsageError {
        let names = PgbcCommand.verbNames
        let hint = verb.nearest(in: names).map { "did you mean '\($0)'?" }
        return UsageError(
            hint.map { "unknown command '\(verb)'; \($0)" } ?? "unknown command '\(verb)'",
            advice: "pgbc --help lists the commands"
        )
    }

    /// Options of `run` and `exec` that take the word after them.
    private static let valued: Set = ["--config", "-c", "--cluster", "--memory", "--instructions"]
    /// Options that may also stand behind a script.
    private static let hoisted: Set = ["--config", "--cluster", "--json", "--verbose", "-v", "--break-lock"]

    /// Puts `--` behind the first word that is not an option, so that what follows belongs to the script or program.
    ///
    /// With `hoisting`, options that pgbc takes are moved to the front, wherever they stand before a `--`.
    private static func separated(_ words: [String], hoisting: Bool) -> [String] {
        var own = [words[0]]
        var rest = words.dropFirst()
        while let word = rest.first, word.hasPrefix("-"), word != "-" {
            own.append(rest.removeFirst())
            if valued.contains(word), let value = rest.popFirst() { own.append(value) }
        }
        guard let subject = rest.popFirst() else { return own }
        var others: [String] = []
        while let word = rest.popFirst() {
            if word == "--" {
                others += rest
                break
            }
            guard hoisting, hoisted.contains(String(word.prefix { $0 != "=" })) else {
                others.append(word)
                continue
            }
            own.append(word)
            if valued.contains(word), let value = rest.popFirst() { own.append(value) }
        }
        return own + [subject, "--"] + others
    }
}
