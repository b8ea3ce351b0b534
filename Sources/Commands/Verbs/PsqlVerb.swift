internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

struct PsqlVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "psql",
        abstract: "Open psql on a balancer or a node.",
        usage: "pgbc psql [options] [<target>] [-- <psql arguments>]",
        discussion: "The password goes to psql in a private file that is removed afterwards."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var style: StyleOptions

    @Argument(parsing: .postTerminator, help: .hidden)
    var arguments: [String] = []

    func perform(in context: CommandContext) async throws {
        let psql = try Psql(environment: context.terminal.environment)
        let request = RunRequest("psql", target.selection, style)
        let display = Display(terminal: context.terminal, style: style.style)
        let answer = try await context.run(
            try context.shelf.recipe("dsn"),
            target.words,
            for: request,
            display: display
        )
        guard let dsn = answer.text else {
            throw ClusterError(.failed, operation: "open psql", message: "the recipe dsn returned no connection string")
        }
        let code = try await psql.run(ConnectionString(dsn), arguments)
        if code != 0 { throw VerbExit(code: code) }
    }
}
