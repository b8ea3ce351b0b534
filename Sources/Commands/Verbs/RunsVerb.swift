internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

struct RunsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List and show what was run.",
        discussion: """
            A run is kept from its first change on, in $XDG_STATE_HOME/pgbc/runs or ~/.local/state/pgbc/runs; the oldest of more \
            than \(RunFolder.capacity) go. pgbc resume ID goes on with one that was cut. With PGBC_JOURNAL=off in the environment \
            nothing is kept.
            """,
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "List the runs, the newest first.")

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            Display(terminal: context.terminal, style: style.style).show(context.runs?.list() ?? .array([]))
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(abstract: "Show what a run asked for, and what came of it.")

        @Argument(help: "The run's name, its beginning or end, or last.")
        var id: String

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let account = try context.keptRuns.show(id)
            Display(terminal: context.terminal, style: style.style).show(account)
        }
    }
}

extension CommandContext {
    /// The folder of runs; throws where no place for it is known.
    var keptRuns: RunFolder {
        get throws {
            if let runs { return runs }
            let isOff = terminal.environment["PGBC_JOURNAL"] == "off"
            throw ClusterError(
                .notFound,
                operation: "find the runs",
                message: isOff ? "PGBC_JOURNAL is off" : "neither HOME nor XDG_STATE_HOME is set",
                advice: isOff ? "unset it" : "set HOME"
            )
        }
    }
}
