internal import ArgumentParser

/// What every recipe takes from pgbc itself, next to its own arguments.
struct RunOptions: ParsableArguments {
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var permissions: PermissionOptions
    @OptionGroup var style: StyleOptions

    /// Reads words of a command line.
    static func reading(_ words: [String]) throws -> RunOptions { try parse(words) }
}

extension RunRequest {
    /// What a recipe is run for, called by its name.
    init(_ recipe: String, _ options: RunOptions) {
        self.init(recipe, options.selection, options.style)
        breaksLock = options.change.breakLock
        dryRun = options.change.dryRun
        allow = options.permissions.allow
    }
}

/// The options of ``RunOptions`` as words of a command line.
enum OwnOptions {
    struct Option {
        var names: [String]
        /// The name of its value in help texts; `nil` for a switch.
        var value: String?
        var help: String
    }

    static let all = [
        Option(names: ["--cluster"], value: "name", help: "the cluster's name"),
        Option(names: ["--config", "-c"], value: "file", help: "its configuration file, JSON or Lua"),
        Option(
            names: ["--dry-run"],
            help: "carry it out on a simulation of what is there now, and show what would change"
        ),
        Option(
            names: ["--allow"],
            value: "permission",
            help: "what it may reach: read=PATH, write=PATH, run=PROGRAM, net=HOST[:PORT], env=NAME; may be given again"
        ),
        Option(names: ["--break-lock"], help: "take the cluster's lock away from whoever holds it"),
        Option(names: ["--json"], help: "one JSON object for each event and for the result"),
        Option(names: ["--verbose", "-v"], help: "more about what is done, and tracebacks"),
    ]

    /// The option that a word is, with or without `=VALUE`.
    static func named(_ word: String) -> Option? {
        let name = String(word.prefix { $0 != "=" })
        return all.first { $0.names.contains(name) }
    }

    /// The lines for the help text of a recipe.
    static var helpText: String {
        let rows = all.map { option in
            (option.names.joined(separator: ", ") + (option.value.map { " <\($0)>" } ?? ""), option.help)
        }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))  \($1)" }
        return (["OPTIONS OF PGBC:"] + lines).joined(separator: "\n")
    }
}
