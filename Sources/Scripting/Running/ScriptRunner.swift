public import ClusterModel
internal import LuaRuntime
public import Orchestration
public import PluginAPI

/// Runs scripts against a backend. Recipes and a user's own files go the same way.
public struct ScriptRunner: Sendable {
    /// Carries out cluster operations and tells of them.
    public let orchestrator: Orchestrator
    /// Whoever started the run.
    public let console: any Console
    /// What else contributes primitives.
    public let plugins: [any Plugin]

    /// A runner.
    public init(orchestrator: Orchestrator, console: any Console = NobodyThere(), plugins: [any Plugin] = []) {
        self.orchestrator = orchestrator
        self.console = console
        self.plugins = plugins
    }

    /// Runs a script and returns what it returned; null when that is nothing.
    ///
    /// - Parameter journal: records the run, and answers what an earlier attempt at it was answered already.
    /// - Throws: a ``ScriptError``, or the ``ScriptHelp`` that was asked for.
    public func run(_ script: Script, _ start: ScriptStart, journal: RunJournal? = nil) async throws -> Document {
        if let journal, let past = journal.past, journal.checksWorld { try await World.check(past, by: orchestrator) }
        do {
            let result = try await withTaskCancellationHandler {
                try await execute(script, start, journal)
            } onCancel: {
                journal?.interrupt()
            }
            journal?.end("done")
            return result
        } catch {
            journal?.end("failed", message: String(describing: error), request: (error as? ScriptError)?.request)
            throw error
        }
    }

    private func execute(_ script: Script, _ start: ScriptStart, _ journal: RunJournal?) async throws -> Document {
        let session = ScriptSession(script: script, start: start)
        let check = try WordCheck(script, start)
        let helpOnly = start.asksForHelp ? script.helpWithoutArguments(start.command) : nil
        var seed = journal?.header.seed
        if seed == nil { seed = await (orchestrator.backend as? any RehearsedBackend)?.randomWord() }
        let machine = try machine(for: session, helpOnly: helpOnly, journal: journal, seed: seed, check)
        do {
            let words = start.arguments.map(LuaValue.string)
            let values = try await machine.run(script.source, name: script.name, arguments: words)
            if let helpOnly { throw ScriptHelp(text: helpOnly) }
            try check.check()
            return Document(returned: values)
        } catch let error as LuaScriptError {
            let error = ScriptError(error)
            if let help = error.cause as? ScriptHelp { throw help }
            throw error
        }
    }

    /// A machine with the whole library and the session's own primitives. From `seed` follow its random numbers.
    func machine(
        for session: ScriptSession,
        helpOnly: String? = nil,
        modules: [LuaModule] = [],
        journal: RunJournal? = nil,
        seed: UInt64? = nil,
        _ words: WordCheck? = nil
    ) throws -> LuaRuntime {
        let host = ScriptHost(
            primitives: try PrimitiveTable(
                Primitive.core + session.primitives + OpenRows().primitives + plugins.flatMap(\.callable)
            ),
            orchestrator: orchestrator,
            console: console,
            helpOnly: helpOnly,
            journal: journal,
            clock: ScriptClock(journal: journal, seed: seed ?? .random(in: .min ... .max)),
            rehearsal: orchestrator.backend as? any RehearsedBackend,
            words: words
        )
        let limits = LuaLimits(memoryBytes: session.start.memoryLimit, instructions: session.start.instructionLimit)
        return try LuaRuntime(host: host, limits: limits, modules: LuaModule.library(plugins) + modules)
    }
}

extension Script {
    /// The help text of a script that declares no arguments.
    fileprivate func helpWithoutArguments(_ command: String) -> String {
        ScriptArguments(command: command, parameters: []).help(summary: summary)
    }
}
