internal import ClusterModel
internal import Orchestration
internal import PluginAPI
internal import Scripting

/// What a verb works with.
struct CommandContext: Sendable {
    let services: CommandServices
    let terminal: any Terminal
    let folder: ScriptFolder
    let backend: DeferredBackend
    /// The plugins of the executable, and those that are folders of Lua; with what is wrong with those that are left out.
    let checked: CheckedPlugins

    /// The plugins that fit.
    var plugins: [any Plugin] { checked.good }

    init(
        services: CommandServices,
        terminal: any Terminal,
        folder: ScriptFolder,
        checked: CheckedPlugins
    ) {
        self.services = services
        self.terminal = terminal
        self.folder = folder
        self.checked = checked
        let balancers = checked.good.flatMap(\.balancers)
        backend = DeferredBackend { try await services.backend(balancers) }
    }

    var shelf: RecipeShelf { RecipeShelf(folder: folder, plugins: plugins) }

    /// Runs the recipe of a verb and shows what it returns.
    func run(_ recipe: String, _ arguments: [String], for request: RunRequest) async throws {
        let display = Display(terminal: terminal, style: request.style)
        let result = try await run(try shelf.recipe(recipe), arguments, for: request, display: display)
        display.show(result)
    }

    /// Runs a script with the tree of its steps alive, and returns what it returned.
    func run(_ script: Script, _ arguments: [String], for request: RunRequest, display: Display) async throws
        -> Document
    {
        if case .override = script.origin {
            display.receive(.note("using \(script.name) instead of pgbc's own recipe"))
        }
        let start = try request.start(arguments, folder: folder)
        if request.dryRun { return try await rehearse(script, start, for: request, display: display) }
        let journal = request.isRecorded ? runs?.begin(RunHeader(script: script, start: start)) : nil
        return try await run(script, start, for: request, display: display, journal: journal)
    }

    /// Runs a script that is recorded, from its beginning or from where it was cut.
    func run(
        _ script: Script,
        _ start: ScriptStart,
        for request: RunRequest,
        display: Display,
        journal: RunJournal?
    ) async throws -> Document {
        try await operating(display, for: request) { runner in
            do {
                let result = try await runner.run(script, start, journal: journal)
                // A script that caught its cancellation has come to its end, but not to the one that was asked for.
                try Task.checkCancellation()
                return result
            } catch let help as ScriptHelp {
                throw help
            } catch {
                let kept = journal?.isKept == true ? journal?.header.id : nil
                throw FailedRun(
                    error: error,
                    isOwnScript: script.origin == .bundled,
                    completion: kept.map { "pgbc resume \($0)" } ?? display.openPlan.map(request.completion)
                )
            }
        }
    }

    /// Where this user's runs are kept.
    var runs: RunFolder? { RunFolder(environment: terminal.environment) }

    /// Gives the body what runs scripts, with the tree of their steps alive and the takers of events at work.
    func operating<Result: Sendable>(
        _ display: Display,
        for request: RunRequest,
        _ body: (ScriptRunner) async throws -> Result
    ) async throws -> Result {
        let takers = plugins.flatMap(\.eventSinks).map { $0 is any WorkingSink ? $0 : BufferedSink($0) }
        let runner = ScriptRunner(
            orchestrator: Orchestrator(
                backend: backend,
                events: EventFan(sinks: [display] + takers),
                breaksLock: request.breaksLock,
                engine: services.engine,
                web: services.web,
                drivers: checked.drivers
            ),
            console: display,
            plugins: plugins
        )
        let surroundings = SinkSurroundings(
            orchestrator: Orchestrator(backend: backend, events: SilentSink(), web: services.web)
        ) { display.receive(.note($0)) }
        let working = takers.compactMap { $0 as? any WorkingSink }
        return try await WorkingSinks.working(working, in: surroundings) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await display.tick() }
                defer {
                    group.cancelAll()
                    display.settle()
                }
                return try await body(runner)
            }
        }
    }
}

/// Hands each event to several takers.
struct EventFan: EventSink {
    let sinks: [any EventSink]

    func receive(_ event: Event) {
        for sink in sinks { sink.receive(event) }
    }
}

/// What a run was asked for, apart from the arguments of its script.
struct RunRequest: Sendable, Equatable {
    /// What the user typed to get here: `pgbc scale`.
    var command: String
    var cluster: String?
    var config: String?
    var style = OutputStyle()
    var breaksLock = false
    var dryRun = false
    /// Whether a journal is kept, so that the run can be resumed.
    var isRecorded = true
    var memoryLimit: Int?
    var instructionLimit: Int?
    /// What the script may reach outside of its clusters, as given to `--allow`.
    var allow: [String] = []

    /// What completes a cut run on this cluster. What adds or takes away so many, given again, would count from the new number:
    /// what was begun is then completed by asking for what the cluster was last asked to be.
    func completion(of cluster: String) -> String {
        ["pgbc add-replica", "pgbc remove-replica"].contains(command) ? "pgbc apply \(cluster)" : "the same command"
    }

    func start(_ arguments: [String], folder: ScriptFolder) throws -> ScriptStart {
        ScriptStart(
            command: command,
            arguments: arguments,
            cluster: cluster,
            config: config,
            folder: folder,
            memoryLimit: memoryLimit ?? 256 << 20,
            instructionLimit: instructionLimit,
            permissions: try Permissions(allow)
        )
    }
}
