internal import ArgumentParser

/// The root of the command line. Each verb is a type of its own in `Verbs`.
struct PgbcCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pgbc",
        abstract: "Builds and runs PostgreSQL clusters behind balancers on Docker.",
        discussion: """
            A cluster is chosen by its name, by --config FILE, or else by ./pgbalancer_cluster.json, ./cluster.lua, or by being \
            the only one on the engine. Every verb is a Lua script: pgbc recipe show VERB prints it.
            """,
        version: "pgbc \(version)",
        subcommands: hidden,
        groupedSubcommands: [
            CommandGroup(
                name: "Clusters:",
                subcommands: [
                    InitVerb.self, StatusVerb.self, PlanVerb.self, ApplyVerb.self, DestroyVerb.self, ListVerb.self,
                    ValidateVerb.self, ExportVerb.self, WatchVerb.self,
                ]
            ),
            CommandGroup(
                name: "Balancers:",
                subcommands: [ScaleVerb.self, AddReplicaVerb.self, RemoveReplicaVerb.self]
            ),
            CommandGroup(
                name: "Access:",
                subcommands: [PsqlVerb.self, DsnVerb.self, ExecVerb.self, LogsVerb.self]
            ),
            CommandGroup(
                name: "Scripts:",
                subcommands: [
                    RunVerb.self, TestVerb.self, RunsVerb.self, ResumeVerb.self, ReplVerb.self, RecipeVerb.self,
                    PluginVerb.self, LuaVerb.self, CompletionVerb.self,
                ]
            ),
            CommandGroup(name: "Engine:", subcommands: [ImagesVerb.self, DoctorVerb.self]),
        ]
    )

    static let version = "0.1.0"

    /// Verbs that the command line is translated to, and that nobody types.
    private static let hidden: [any ParsableCommand.Type] = [ShelfVerb.self, CompleteVerb.self]

    /// The verbs that are written in Swift, by name.
    static let verbs: [String: any ParsableCommand.Type] = {
        let types = configuration.subcommands
        return Dictionary(types.compactMap { type in type.configuration.commandName.map { ($0, type) } }) { $1 }
    }()

    /// What can follow `pgbc`, apart from recipes.
    static var verbNames: [String] {
        verbs.filter { $1.configuration.shouldDisplay }.keys.sorted() + ["help"]
    }
}

/// A command that does something.
protocol Verb: ParsableCommand {
    /// Does it. Throws what went wrong.
    func perform(in context: CommandContext) async throws
}
