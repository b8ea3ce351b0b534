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
    /// - Throws: a ``ScriptError``, or the ``ScriptHelp`` that was asked for.
    public func run(_ script: Script, _ start: ScriptStart) async throws -> Document {
        let session = ScriptSession(script: script, start: start)
        let host = ScriptHost(
            primitives: try PrimitiveTable(Primitive.core + session.primitives + plugins.flatMap(\.primitives)),
            orchestrator: orchestrator,
            console: console,
            helpOnly: start.asksForHelp ? script.helpWithoutArguments(start.command) : nil
        )
        let limits = LuaLimits(memoryBytes: start.memoryLimit, instructions: start.instructionLimit)
        let machine = try LuaRuntime(
            host: host,
            limits: limits,
            modules: LuaModule.prelude + [LuaModule(calling: plugins.flatMap(\.primitives))]
        )
        do {
            let words = start.arguments.map(LuaValue.string)
            let values = try await machine.run(script.source, name: script.name, arguments: words)
            if let help = host.helpOnly { throw ScriptHelp(text: help) }
            return Document(returned: values)
        } catch let error as LuaScriptError {
            let error = ScriptError(error)
            if let help = error.cause as? ScriptHelp { throw help }
            throw error
        }
    }
}

extension Script {
    /// The help text of a script that declares no arguments.
    fileprivate func helpWithoutArguments(_ command: String) -> String {
        ScriptArguments(command: command, parameters: []).help(summary: summary)
    }
}

extension LuaModule {
    /// The library in Lua, in the order in which its parts build on each other.
    static let prelude = [
        LuaModule(name: "run", bytes: PackageResources.run_lua),
        LuaModule(name: "data", bytes: PackageResources.data_lua),
        LuaModule(name: "topology", bytes: PackageResources.topology_lua),
        LuaModule(name: "pgbc", bytes: PackageResources.pgbc_lua),
    ]

    /// Functions for the primitives of plugins: `metrics.push` becomes the function `push` of the global table `metrics`.
    fileprivate init(calling primitives: [Primitive]) {
        let names = primitives.map(\.name).filter { $0.wholeMatch(of: /[a-z]\w*\.[a-z]\w*/) != nil }
        let tables = Set(names.compactMap { $0.split(separator: ".").first }).sorted().map { "\($0) = {}" }
        let functions = names.map { "function \($0)(...) return host.call(\"\($0)\", ...) end" }
        self.init(name: "plugins", source: (tables + functions).joined(separator: "\n"))
    }

    private init(name: String, bytes: [UInt8]) {
        self.init(name: name, source: String(decoding: bytes, as: UTF8.self))
    }
}
