internal import LuaRuntime
internal import Orchestration
internal import PluginAPI

extension LuaModule {
    /// The library that scripts see: pgbc's own, and what plugins add to it.
    static func library(_ plugins: [any Plugin] = []) -> [LuaModule] {
        prelude + [LuaModule(calling: plugins.flatMap(\.callable))] + plugins.compactMap(LuaModule.init(functionsOf:))
    }

    /// The library in Lua, in the order in which its parts build on each other.
    static let prelude = [
        LuaModule(name: "run", bytes: PackageResources.run_lua),
        LuaModule(name: "data", bytes: PackageResources.data_lua),
        LuaModule(name: "outside", bytes: PackageResources.outside_lua),
        LuaModule(name: "topology", bytes: PackageResources.topology_lua),
        LuaModule(name: "pgbc", bytes: PackageResources.pgbc_lua),
        LuaModule(name: "rows", bytes: PackageResources.rows_lua),
        LuaModule(name: "events", bytes: PackageResources.events_lua),
        LuaModule(name: "watching", bytes: PackageResources.watching_lua),
    ]

    /// Functions for the primitives of plugins: `metrics.push` becomes the function `push` of the global table `metrics`.
    private init(calling primitives: [Primitive]) {
        let names = primitives.map(\.name).filter { $0.wholeMatch(of: /[a-z]\w*\.[a-z]\w*/) != nil }
        let tables = Set(names.compactMap { $0.split(separator: ".").first }).sorted().map { "\($0) = {}" }
        let functions = names.map { "function \($0)(...) return host.call(\"\($0)\", ...) end" }
        self.init(name: "plugins", source: (tables + functions).joined(separator: "\n"))
    }

    private init(name: String, bytes: [UInt8]) {
        self.init(name: name, source: String(decoding: bytes, as: UTF8.self))
    }
}
