internal import ArgumentParser

struct DsnVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "dsn",
        abstract: "Print a connection string for a balancer or a node; it contains the password.",
        discussion: "For drivers and pgbench. On a command line it shows the password to whoever lists processes."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run("dsn", target.words, for: RunRequest("dsn", target.selection, style))
    }
}

/// A balancer or a node, and a database.
struct TargetOptions: ParsableArguments {
    @Argument(help: "Balancer or node; the first balancer when left out.")
    var target: String?

    @Option(name: [.short, .long], help: "Connect through this balancer.")
    var balancer: String?

    @Option(name: [.short, .long], help: "Connect to this node.")
    var node: String?

    @Option(name: [.short, .long], help: "The database; postgres when left out.")
    var database: String?

    @OptionGroup var selection: SelectionOptions

    func validate() throws {
        guard [target, balancer, node].compactMap({ $0 }).count <= 1 else {
            throw ValidationError("a target, --balancer and --node all choose where to connect; give one of them")
        }
    }

    /// The words for the recipe `dsn`.
    var words: [String] {
        .words(["target": target, "balancer": balancer, "node": node, "database": database])
    }
}
