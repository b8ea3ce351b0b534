internal import ClusterModel
internal import LuaRuntime
internal import Orchestration
internal import PluginAPI

/// Hands events to the handlers of a Lua plugin, one at a time, in a machine of their own.
///
/// What comes faster than the handlers work is kept, up to a thousand events; then the oldest are dropped.
final class LuaEventSink: WorkingSink {
    private let plugin: String
    private let handlers: LuaFile
    private let events: Set<String>
    private let session: ScriptSession
    private let queue: AsyncStream<Document>
    private let entrance: AsyncStream<Document>.Continuation

    init(of plugin: LuaPlugin, handlers: LuaFile) {
        self.plugin = plugin.name
        self.handlers = handlers
        events = Set(plugin.eventNames)
        let start = ScriptStart(
            command: "the plugin \(plugin.name)",
            folder: ScriptFolder(plugin.folder),
            permissions: plugin.permissions
        )
        let script = Script(name: handlers.name, source: handlers.source, origin: .plugin(plugin.name))
        session = ScriptSession(script: script, start: start)
        (queue, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    func receive(_ event: Event) {
        let document = event.document
        if let name = document["event"]?.text, events.contains(name) { entrance.yield(document) }
    }

    func finish() { entrance.finish() }

    func work(_ surroundings: SinkSurroundings) async {
        do {
            let machine = try await machine(surroundings)
            for await event in queue {
                _ = try await machine.run("return handle(...)", name: plugin, arguments: [LuaValue(event)])
            }
        } catch {
            guard !Task.isCancelled else { return }
            let reason = (error as? LuaScriptError)?.description ?? String(describing: error)
            surroundings.tell("the plugin \(plugin) failed, and is told of nothing more in this run: \(reason)")
        }
    }

    /// A machine with the function `handle`, which calls the handler of an event.
    private func machine(_ surroundings: SinkSurroundings) async throws -> LuaRuntime {
        let module = LuaModule(
            name: "events of \(plugin)",
            source: """
                local handlers = assert(host.loadstring(\(handlers.source.luaLiteral), \(handlers.name.luaLiteral)))()
                function handle(event)
                  local handler = rawget(handlers, event.event)
                  if handler then handler(event) end
                end
                """
        )
        return try LuaRuntime(
            host: HandlerHost(
                plugin: plugin,
                primitives: try PrimitiveTable(session.primitives),
                surroundings: surroundings
            ),
            limits: LuaLimits(memoryBytes: 32 << 20, instructions: 100_000_000),
            modules: LuaModule.library() + [module]
        )
    }
}

/// What a handler can reach: it may say something, deal with data, and with what its plugin needs and was installed for. Nothing of
/// a cluster.
private struct HandlerHost: LuaHost {
    let plugin: String
    let primitives: PrimitiveTable
    let surroundings: SinkSurroundings

    private static let reachable = ["file.", "program.", "env.", "data.", "http."]

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        switch request.name {
        case "run.log", "print":
            surroundings.tell("\(plugin): \(request.arguments.first?.string ?? "")")
            return .nil
        case "run.sleep":
            try await Task.sleep(for: .seconds(min(max(request.arguments.first?.number ?? 0, 0), 60)))
            return .nil
        default:
            do {
                return try await carryOut(request)
            } catch {
                throw PrimitiveFailure(cause: error)
            }
        }
    }

    private func carryOut(_ request: LuaRequest) async throws -> LuaValue {
        guard Self.reachable.contains(where: request.name.hasPrefix), let primitive = primitives[request.name],
            let orchestrator = surroundings.orchestrator
        else {
            throw ClusterError(
                .permissionDenied,
                operation: "call \(request.name)",
                message: "a handler of events works beside an operation and may not ask for this"
            )
        }
        let arguments = try primitive.bind(request.arguments.map(Document.init), location: request.location)
        return LuaValue(try await primitive.body(PrimitiveCall(orchestrator: orchestrator, arguments: arguments)))
    }
}
