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

    init(services: CommandServices, terminal: any Terminal, folder: ScriptFolder) {
        self.services = services
        self.terminal = terminal
        self.folder = folder
        backend = DeferredBackend(services.backend)
    }

    var shelf: RecipeShelf { RecipeShelf(folder: folder, plugins: services.plugins) }

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
        let sinks: [any EventSink] = [display] + services.plugins.flatMap(\.eventSinks)
        let runner = ScriptRunner(
            orchestrator: Orchestrator(
                backend: backend,
                events: EventFan(sinks: sinks),
                breaksLock: request.breaksLock
            ),
            console: display,
            plugins: services.plugins
        )
        let start = request.start(arguments, folder: folder)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await display.tick() }
            defer {
                group.cancelAll()
                display.settle()
            }
            do {
                return try await runner.run(script, start)
            } catch let help as ScriptHelp {
                throw help
            } catch {
                throw FailedRun(
                    error: error,
                    isOwnScript: script.origin == .bundled,
                    completion: display.openPlan.map(request.completion)
                )
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
    var memoryLimit: Int?
    var instructionLimit: Int?

    /// What completes a cut run on this cluster. What adds or takes away so many, given again, would count from the new number:
    /// what was begun is then completed by asking for what the cluster was last asked to be.
    func completion(of cluster: String) -> String {
        ["pgbc add-replica", "pgbc remove-replica"].contains(command) ? "pgbc apply \(cluster)" : "the same command"
    }

    func start(_ arguments: [String], folder: ScriptFolder) -> ScriptStart {
        ScriptStart(
            command: command,
            arguments: arguments,
            cluster: cluster,
            config: config,
            folder: folder,
            memoryLimit: memoryLimit ?? 256 << 20,
            instructionLimit: instructionLimit
        )
    }
}
