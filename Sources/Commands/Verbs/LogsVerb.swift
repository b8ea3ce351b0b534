internal import ArgumentParser

struct LogsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the log of a balancer or a node."
    )

    @Argument(help: "Balancer or node; the first balancer when left out.")
    var target: String?

    @Option(
        name: [.short, .customShort("n"), .long],
        parsing: .unconditional,
        help: "Only that many of the last lines."
    )
    var tail: String?

    @Flag(name: [.short, .long], help: "Go on as lines come, until interrupted.")
    var follow = false

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "logs",
            .words(["target": target, "tail": tail]) + .switches(["follow": follow]),
            for: RunRequest("logs", selection, style)
        )
    }
}
