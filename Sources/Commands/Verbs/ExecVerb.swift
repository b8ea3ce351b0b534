internal import ArgumentParser

struct ExecVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a program in the container of a balancer or a node.",
        usage: "pgbc exec [options] <target> [--] <command> ..."
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var style: StyleOptions

    @Argument(help: "Balancer or node.")
    var target: String

    @Argument(parsing: .postTerminator, help: "The program and its arguments.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("exec needs a program to run, as in pgbc exec \(target) -- ls -l") }
    }

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "exec",
            .words(["target": target]) + command.map { "--command=\($0)" },
            for: RunRequest("exec", selection, style)
        )
    }
}
