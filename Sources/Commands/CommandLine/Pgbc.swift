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
        var style = OutputStyle()
        do {
            let words = try Spelling(arguments, inputIsTerminal: terminal.inputIsTerminal).words
            style = OutputStyle(words)
            var command = try PgbcCommand.parseAsRoot(words)
            guard let verb = command as? any Verb else {
                // A group without a verb, or help: both throw the text to show.
                try command.run()
                return 0
            }
            try await verb.perform(in: CommandContext(services: services, terminal: terminal, folder: folder))
            return 0
        } catch let exit as VerbExit {
            return exit.code
        } catch let help as ScriptHelp {
            terminal.write(help.text + "\n", to: .output)
            return 0
        } catch {
            return report(error, arguments, style, terminal)
        }
    }

    private static func report(
        _ error: any Error,
        _ arguments: [String],
        _ style: OutputStyle,
        _ terminal: any Terminal
    ) -> Int32 {
        if let parsing = ParserOutcome(error, arguments) {
            guard let failure = parsing.failure else {
                terminal.write(parsing.text + "\n", to: .output)
                return 0
            }
            return tell(ErrorReport(failure), style, terminal)
        }
        return tell(ErrorReport(error), style, terminal)
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
