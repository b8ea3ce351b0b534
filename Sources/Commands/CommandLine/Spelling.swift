internal import ClusterModel

/// A command line in the one spelling that the parser knows.
struct Spelling: Equatable {
    private(set) var words: [String]

    /// Translates the legacy spelling, separates a script's words from pgbc's, and refuses unknown verbs.
    ///
    /// - Parameters:
    ///   - hasConfig: whether a configuration file is there that is used without being named.
    ///   - recipes: names of recipes, each of which is a verb too.
    ///   - isRun: whether a word names a run that was recorded. `resume` goes on with a run; without one, it is the recipe, which
    ///     lets paused clients go on.
    init(
        _ arguments: [String],
        inputIsTerminal: Bool,
        hasConfig: Bool = false,
        recipes: [String] = [],
        isRun: (String) -> Bool = { _ in true }
    ) throws(UsageError) {
        words = try LegacySpelling.translated(arguments, inputIsTerminal: inputIsTerminal, hasConfig: hasConfig)
        guard let verb = words.first, !verb.hasPrefix("-") else { return }
        if verb == "help", let subject = words.dropFirst().first, recipes.contains(subject) {
            words = PgbcCommand.verbs[subject] == nil ? [subject, "--help"] : words
        }
        if verb == "resume", recipes.contains(verb), !Self.names(words.dropFirst(), isRun) {
            words.insert("__recipe", at: 0)
            return
        }
        guard PgbcCommand.verbs[words[0]] != nil || words[0] == "help" else {
            guard recipes.contains(words[0]) else { throw Self.unknown(verb, recipes) }
            words.insert("__recipe", at: 0)
            return
        }
        switch verb {
        case "run": words = Self.separated(words, hoisting: true)
        case "test": words = Self.separated(words, hoisting: true, with: TestVerb.valuedOptions, TestVerb.switches)
        case "exec": words = Self.separated(words, hoisting: false)
        default: break
        }
    }

    /// Whether the words behind `resume` are about a run, or ask for help.
    private static func names(_ words: ArraySlice<String>, _ isRun: (String) -> Bool) -> Bool {
        if words.contains("--help") || words.contains("-h") { return true }
        guard let first = words.first(where: { !$0.hasPrefix("-") }) else { return false }
        return first == "last" || first.contains(where: \.isNumber) && first.contains("-") || isRun(first)
    }

    private static func unknown(_ verb: String, _ recipes: [String]) -> UsageError {
        let names = PgbcCommand.verbNames + recipes
        let hint = verb.nearest(in: names).map { "did you mean '\($0)'?" }
        return UsageError(
            hint.map { "unknown command '\(verb)'; \($0)" } ?? "unknown command '\(verb)'",
            advice: "pgbc --help lists the commands"
        )
    }

    /// Options of `run` and `exec` that take the word after them.
    private static let valued: Set = ["--config", "-c", "--cluster", "--memory", "--instructions", "--allow"]
    /// Options that may also stand behind a script.
    private static let hoisted: Set = [
        "--config", "--cluster", "--json", "--verbose", "-v", "--break-lock", "--dry-run", "--allow",
    ]

    /// Puts `--` behind the first word that is not an option, so that what follows belongs to the script or program.
    ///
    /// With `hoisting`, options that pgbc takes are moved to the front, wherever they stand before a `--`.
    private static func separated(
        _ words: [String],
        hoisting: Bool,
        with more: Set<String> = [],
        _ switches: Set<String> = []
    ) -> [String] {
        let valued = valued.union(more)
        let hoisted = hoisted.union(more).union(switches)
        var own = [words[0]]
        var rest = words.dropFirst()
        while let word = rest.first, word.hasPrefix("-"), word != "-" {
            own.append(rest.removeFirst())
            if valued.contains(word), let value = rest.popFirst() { own.append(value) }
        }
        guard let subject = rest.popFirst() else { return own }
        // exec lb1 --cluster shop -- ls: what stands before the `--` is pgbc's.
        while !hoisting, rest.contains("--"), let word = rest.first, word.hasPrefix("-"), word != "--" {
            own.append(rest.removeFirst())
            if valued.contains(word), let value = rest.popFirst() { own.append(value) }
        }
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
