internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

struct TestVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a script on simulated clusters on which everything goes wrong once.",
        usage: "pgbc test [options] <script> [script arguments]",
        discussion: """
            The script is run as it is, once with each of its steps failing, once with pgbc dying during each of them and being \
            resumed, and with nodes that die or hang, slow steps and lost answers. At no time may clients reach two writable \
            primaries, lose an acknowledged write in a planned operation, or see an error that hold promises them not to; \
            and in the end everything is as it was asked to be. No engine is needed.
            """
    )

    @Option(help: ArgumentHelp("Nodes of the simulated cluster.", valueName: "count"))
    var nodes = 3

    @Option(
        help: ArgumentHelp(
            "Replicas that have to have a transaction before it counts as committed.",
            valueName: "count"
        )
    )
    var sync = 0

    @Flag(inversion: .prefixedNo, help: "Whether planned operations hold clients back.")
    var hold = true

    @Flag(help: "Begin with an engine that holds nothing.")
    var empty = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The cluster that stands before, JSON or Lua.", valueName: "file")
    )
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Everything random follows from it; another one each time when left out.",
            valueName: "number"
        )
    )
    var seed: UInt64?

    @Option(help: ArgumentHelp("Runs with random faults.", valueName: "count"))
    var runs = 20

    @Option(help: ArgumentHelp("Client writes per second to each balancer.", valueName: "count"))
    var load = 100.0

    @Option(help: ArgumentHelp("Repeat one run, as a failure printed it.", valueName: "run"))
    var replay: String?

    @OptionGroup var permissions: PermissionOptions
    @OptionGroup var style: StyleOptions

    @Argument(help: "A file, or a recipe.")
    var script: String

    @Argument(parsing: .postTerminator, help: .hidden)
    var arguments: [String] = []

    /// Options that may stand behind the script, and take the word after them.
    static let valuedOptions: Set = ["--nodes", "--sync", "--seed", "--runs", "--load", "--replay"]
    /// Options that may stand behind the script, and take none.
    static let switches: Set = ["--hold", "--no-hold", "--empty"]

    func validate() throws {
        guard (1...2000).contains(nodes) else { throw ValidationError("--nodes: expected 1 to 2000, got \(nodes)") }
        guard runs >= 0 else { throw ValidationError("--runs: expected at least 0, got \(runs)") }
        guard load >= 0 else { throw ValidationError("--load: expected at least 0, got \(load)") }
        guard (0...31).contains(sync) else { throw ValidationError("--sync: expected 0 to 31, got \(sync)") }
    }

    func perform(in context: CommandContext) async throws {
        let display = Display(terminal: context.terminal, style: style.style)
        let trial = Trial(
            topology: empty ? nil : try await topology(context),
            seed: seed ?? UInt64(UInt32.random(in: 1 ... .max)),
            runs: runs,
            replay: replay,
            writesPerSecond: load
        )
        let found = try context.shelf.script(script)
        let start = ScriptStart(
            command: "pgbc test \(script)",
            arguments: arguments,
            cluster: trial.topology?.name,
            config: empty ? config : nil,
            folder: context.folder,
            permissions: try Permissions(permissions.allow)
        )
        try found.checkWords(of: start)
        let rehearsed = RehearsedScript(script: found, start: start, plugins: context.plugins)
        let report = try await context.rehearsals.test(trial, script: { try await rehearsed.run(on: $0) }) {
            display.receive(.note($0))
        }
        display.show(style.json ? report.document : .string("seed \(trial.seed): \(report.description)"))
        guard report.failure == nil else { throw TrialFailed() }
    }

    private func topology(_ context: CommandContext) async throws -> Topology {
        guard let config else { return try TrialTopology.topology(nodes: nodes, hold: hold, sync: sync) }
        return try await TrialTopology.topology(file: config, context)
    }
}

/// Some invariant did not hold; the report has said so.
struct TrialFailed: Error, CustomStringConvertible {
    var description: String { "an invariant did not hold" }
}
