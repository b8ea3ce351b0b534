internal import ClusterModel
internal import LuaRuntime
internal import Orchestration
public import PluginAPI
internal import Synchronization

/// What a script says of itself before it does anything.
public struct ScriptOutline: Sendable, Equatable {
    /// One argument that a script declares.
    public struct Argument: Sendable, Equatable {
        /// As command lines write it: `--keep-data`.
        public let flag: String
        /// What has to be given, in words: "an integer of at least 0".
        public let expectation: String
        /// Its type by name: string, integer, number, boolean, list, duration, size, choice, node or balancer.
        public let type: String
        /// One line for the reader.
        public let help: String
        /// The values that a choice has.
        public let choices: [String]
        /// Whether it may be given as a word without its flag.
        public let isPositional: Bool
        /// Whether a value follows its flag.
        public var takesValue: Bool { type != "boolean" }
    }

    /// The first comment.
    public let summary: String
    /// The declared arguments, those that may be given without a flag first, in the order of such words.
    public let arguments: [Argument]
}

extension Script {
    /// Runs the script up to the place where it declares its arguments. Whatever else it asks for is refused, so that nothing happens.
    ///
    /// A script that cannot be read that far declares nothing.
    public func outline(plugins: [any Plugin] = []) async -> ScriptOutline {
        let host = OutlineHost()
        let limits = LuaLimits(memoryBytes: 64 << 20, instructions: 5_000_000)
        if let machine = try? LuaRuntime(host: host, limits: limits, modules: LuaModule.library(plugins)) {
            _ = try? await machine.run(source, name: name)
        }
        let parameters = host.declared.withLock { $0 }
        let shown = parameters.positional + parameters.filter { $0.position == nil }
        return ScriptOutline(summary: summary, arguments: shown.map(ScriptOutline.Argument.init))
    }
}

extension ScriptOutline.Argument {
    init(_ parameter: ScriptParameter) {
        flag = parameter.flag
        expectation = parameter.expectation
        type = parameter.kind.rawValue
        help = parameter.help
        choices = parameter.choices
        isPositional = parameter.position != nil
    }
}

/// Keeps what is declared and refuses everything.
private final class OutlineHost: LuaHost {
    let declared = Mutex<[ScriptParameter]>([])

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        if request.name == "args.parse", let table = request.arguments.first {
            let parameters = try? [ScriptParameter](declared: Document(table))
            declared.withLock { if $0.isEmpty { $0 = parameters ?? [] } }
        }
        throw ClusterError(.failed, operation: "call \(request.name)", message: "only the arguments are wanted")
    }

    func sleep(seconds: Double, path: String) async throws {}
}
