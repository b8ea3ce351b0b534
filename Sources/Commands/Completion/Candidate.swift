internal import Scripting

/// Something that a word of a command line can become.
struct Candidate: Equatable, Sendable {
    var word: String
    /// One line for shells that show it.
    var summary = ""

    init(_ word: String, _ summary: String = "") {
        self.word = word
        self.summary = summary
    }
}

/// What a value on a command line is, as far as completion is concerned.
enum ValueKind: Equatable, Sendable {
    case clusters, balancers, nodes, targets, recipes, plugins
    case choices([String])
    /// A file, or text that cannot be known: left to the shell.
    case other

    /// What an argument of a script takes. A list says nothing of its elements but by its name: `node`, or `nodes`.
    init(_ argument: ScriptOutline.Argument) {
        let name = argument.flag.drop { $0 == "-" }
        self.init(
            type: argument.type == "list" ? String(name.hasSuffix("s") ? name.dropLast() : name) : argument.type,
            choices: argument.choices
        )
    }

    private init(type: String, choices: [String]) {
        switch type {
        case "balancer": self = .balancers
        case "node": self = .nodes
        case "choice": self = .choices(choices)
        case "boolean": self = .choices(["true", "false"])
        default: self = choices.isEmpty ? .other : .choices(choices)
        }
    }
}

/// A flag or an option with what may follow it.
struct FlagShape: Equatable, Sendable {
    var names: [String]
    var summary: String
    /// The kind of its value; `nil` for a flag.
    var value: ValueKind?
    var isRepeating = false
}

/// What a verb or a script takes.
struct VerbShape: Equatable, Sendable {
    var flags: [FlagShape] = []
    /// Kinds of the words without a flag, in order.
    var words: [ValueKind] = []
    /// Whether the last of the words may come again and again.
    var repeatsLast = false
    var subcommands: [Candidate] = []

    func flag(_ name: String) -> FlagShape? { flags.first { $0.names.contains(name) } }
}
