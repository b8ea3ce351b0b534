internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

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
        let request = RunRequest("exec", selection, style)
        let words: [String] = .words(["target": target])
        if !style.json, let code = try await interact(request, words, in: context) {
            guard code == 0 else { throw VerbExit(code: Int32(truncatingIfNeeded: code)) }
            return
        }
        try await context.run("exec", words + command.map { "--command=\($0)" }, for: request)
    }

    /// The exit code of the program, run at this terminal or in this pipe; `nil` where its output can only be collected.
    private func interact(_ request: RunRequest, _ words: [String], in context: CommandContext) async throws -> Int? {
        let display = Display(terminal: context.terminal, style: style.style)
        let found = try await context.run(Self.finder, words, for: request, display: display)
        guard let cluster = found["cluster"]?.text, let balancer = found["balancer"]?.text else { return nil }
        let target = Target(cluster: cluster, balancer: balancer, node: found["node"]?.text)
        let console = ProcessConsole(environment: context.terminal.environment)
        let engine = try await context.services.engine()
        return try await console.withRawKeys { try await engine.interact(command, on: target, with: console) }
    }

    /// Finds the container as the recipe `exec` does.
    private static let finder = Script(
        name: "recipe/exec.lua",
        source: """
            local args = pgbc.args { target = { required = true, help = "balancer or node" } }
            local found = pgbc.cluster():target(args.target)
            if getmetatable(found) == "lb" then return { cluster = found.cluster, balancer = found.name } end
            return { cluster = found.cluster, balancer = found.balancer, node = found.name }
            """,
        origin: .bundled
    )
}
