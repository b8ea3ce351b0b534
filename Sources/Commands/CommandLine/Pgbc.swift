internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
public import Scripting

/// The command line.
public enum Pgbc {
    /// Carries out one command line, without the program's name, and returns the exit code.
    ///
    /// Interruptible by Ctrl-C and SIGTERM; everything that the user is to see has been written when it returns.
    public static func main(_ arguments: [String], services: CommandServices) async -> Int32 {
        let terminal = ProcessTerminal()
        let (code, interrupted) = await Signals.guarding {
            await run(arguments, services: services, terminal: terminal, folder: .current)
        }
        return interrupted && code != 0 ? ClusterError.Code.cancelled.exitCode : code
    }

    /// The same without signals, on any terminal and in any folder.
    public static func run(
        _ arguments: [String],
        services: CommandServices,
        terminal: any Terminal,
        folder: ScriptFolder
    ) async -> Int32 {
        let context = await CommandContext(services: services, terminal: terminal, folder: folder)
        var style = OutputStyle(arguments)
        do {
            let words = try Spelling(
                arguments,
                inputIsTerminal: terminal.inputIsTerminal,
                hasConfig: folder.hasConfig,
                recipes: context.shelf.names,
                isRun: { (try? context.runs?.header($0)) != nil }
            ).words
            style = OutputStyle(words)
            var command = try parsed(words, context.shelf)
            guard let verb = command as? any Verb else {
                // A group without a verb, or help: both throw the text to show.
                try command.run()
                return 0
            }
            try await verb.perform(in: context)
            return 0
        } catch let exit as VerbExit {
            return exit.code
        } catch let help as ScriptHelp {
            terminal.write(help.text + "\n", to: .output)
            return 0
        } catch {
            return report(error, arguments, style, context)
        }
    }

    /// A user's own recipe in the place of a verb's may take other arguments than the verb. Most verbs run their recipe, whosever it is;
    /// two do more than a recipe can.
    private static func parsed(_ words: [String], _ shelf: RecipeShelf) throws -> any ParsableCommand {
        do {
            let command = try PgbcCommand.parseAsRoot(words)
            let runsRecipe = command is any Verb && !(command is DoctorVerb) && !(command is ExecVerb)
            return runsRecipe || !isReplaced(words, shelf) ? command : try asRecipe(words)
        } catch {
            guard isReplaced(words, shelf) else { throw error }
            return try asRecipe(words)
        }
    }

    private static func isReplaced(_ words: [String], _ shelf: RecipeShelf) -> Bool {
        guard let verb = words.first, verb.first != "-" else { return false }
        return (try? shelf.recipe(verb))?.origin == .override
    }

    private static func asRecipe(_ words: [String]) throws -> any ParsableCommand {
        try PgbcCommand.parseAsRoot(["__recipe"] + words)
    }

    private static func report(
        _ error: any Error,
        _ arguments: [String],
        _ style: OutputStyle,
        _ context: CommandContext
    ) -> Int32 {
        guard let parsing = ParserOutcome(error, arguments) else {
            return tell(ErrorReport(error), style, context.terminal)
        }
        if let failure = parsing.failure { return tell(ErrorReport(failure), style, context.terminal) }
        let asksForRoot = ["--help", "-h", "help"].contains(arguments.first ?? "help") && arguments.count < 2
        let text = asksForRoot ? RootHelp(parsing.text, shelf: context.shelf).text : parsing.text
        context.terminal.write(text + "\n", to: .output)
        return 0
    }

    private static func tell(_ report: ErrorReport, _ style: OutputStyle, _ terminal: any Terminal) -> Int32 {
        let theme = Theme(hasColour: terminal.hasColour(.errors))
        let text = style.json ? report.document.json() + "\n" : report.text(theme: theme, verbose: style.verbose)
        terminal.write(text, to: .errors)
        return report.exitCode
    }
}

/// Ends a command that has told all it has to tell.
struct VerbExit: Error {
    let code: Int32
}

extension OutputStyle {
    /// What the words say of the output, whatever else is wrong with them.
    fileprivate init(_ words: [String]) {
        let own = words.prefix { $0 != "--" }
        json = own.contains("--json")
        verbose = own.contains("-v") || own.contains("--verbose")
    }
}
