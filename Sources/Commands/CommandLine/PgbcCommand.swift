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
        groupedSubcommands: [
            CommandGroup(
                name: "Clusters:",
                subcommands: [
                    InitVerb.self, StatusVerb.self, PlanVerb.self, ApplyVerb.self, DestroyVerb.self, ListVerb.self,
                    ValidateVerb.self, ExportVerb.self,
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
            CommandGroup(name: "Scripts:", subcommands: [RunVerb.self, RecipeVerb.self]),
            CommandGroup(name: "Engine:", subcommands: [ImagesVerb.self, DoctorVerb.self]),
        ]
    )

    static let version = "0.1.0"

    /// What can follow `pgbc`.
    static var verbNames: [String] {
        configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap { $0.configuration.commandName } + [
            "help"
        ]
    }
}

/// A command that does something.
protocol Verb: ParsableCommand {
    /// Does it. Throws what went wrong.
    func perform(in context: CommandContext) async throws
}
