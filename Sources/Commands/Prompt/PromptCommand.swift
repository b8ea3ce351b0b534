internal import Orchestration
internal import Scripting

/// A line at the prompt that is not Lua: it begins with a dot.
enum PromptCommand: Equatable {
    case help(String?)
    case recipes
    case quit

    static let names = ["help", "recipes", "quit"]

    /// `nil` for a line that is Lua; throws for a command that does not exist.
    init?(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        guard let first = words.first, first.hasPrefix("."), first.dropFirst().allSatisfy(\.isLetter), first.count > 1
        else { return nil }
        switch first {
        case ".help": self = .help(words.dropFirst().first)
        case ".recipes": self = .recipes
        case ".quit", ".exit": self = .quit
        default:
            throw UsageError("there is no command \(first)", advice: "the commands are .help, .recipes and .quit")
        }
    }

    /// What `.help` alone prints.
    static let overview = """
        Lua, line by line. A line that is not complete goes on in the next one. The last result is in _.
        Ctrl-C ends what is running, and nothing else; Ctrl-D or .quit ends the session; Tab completes.

          .help NAME    what a function or method does: .help pgbc.cluster, .help lb:scale
          .recipes      the recipes, as pgbc recipe list shows them
          .quit         the end

        """
}
