/// What one module under `Sources` may import; arrows point down only. The layout table of the design, as data.
struct ModuleRule: Sendable {
    /// The folder under `Sources`, which is the module's name.
    let module: String
    /// Modules of this package and of other packages.
    let imports: Set<String>
    /// Modules that come with Swift or with the system.
    let system: Set<String>

    init(_ module: String, imports: Set<String> = [], system: Set<String> = .platform) {
        self.module = module
        self.imports = imports
        self.system = system
    }

    func allows(_ imported: String) -> Bool {
        imports.contains(imported) || system.contains(imported)
    }
}

extension Set<String> {
    /// Pure code: values and arithmetic on them.
    static let pure: Set = ["Foundation", "FoundationEssentials"]
    /// The Lua runtime is kept free of Foundation.
    static let runtimeOnly: Set = ["Synchronization", "Dispatch", "Glibc", "Musl", "Darwin"]
    static let platform: Set = pure.union(runtimeOnly)
    static let nio: Set = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOFoundationCompat", "NIOSSL"]
}

/// From the bottom to the top: a module may import only from rules above its own line.
let moduleTable: [ModuleRule] = [
    ModuleRule("CLua", system: []),
    ModuleRule("CLuaBridge", imports: ["CLua"], system: []),
    ModuleRule("CPostgres", system: []),
    ModuleRule("CEdit", system: []),
    ModuleRule("LuaRuntime", imports: ["CLuaBridge"], system: .runtimeOnly),
    ModuleRule("ClusterModel", system: .pure),
    ModuleRule("Orchestration", imports: ["ClusterModel", "Logging"]),
    ModuleRule("DockerEngine", imports: .nio.union(["AsyncHTTPClient"])),
    ModuleRule("DockerBackend", imports: ["DockerEngine", "Orchestration", "ClusterModel", "CPostgres", "Logging"]),
    ModuleRule("Simulation", imports: ["Orchestration", "ClusterModel"]),
    ModuleRule("PluginAPI", imports: ["ClusterModel", "Orchestration"]),
    ModuleRule(
        "Scripting",
        imports: ["LuaRuntime", "Orchestration", "ClusterModel", "PluginAPI", "Yams", "Subprocess", "SystemPackage"]
    ),
    ModuleRule(
        "Commands",
        imports: [
            "Scripting", "PluginAPI", "Orchestration", "ClusterModel", "ArgumentParser", "CEdit",
            "Logging",
        ]
    ),
    ModuleRule(
        "PgbcKit",
        imports: [
            "Commands", "PluginAPI", "Simulation", "DockerBackend", "DockerEngine", "Scripting", "Orchestration",
            "ClusterModel", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1",
        ]
    ),
    ModuleRule("pgbc", imports: ["PgbcKit", "PluginAPI"]),
]

/// C headers and the only modules that may include them.
let headerOwners: [String: Set<String>] = [
    "lua.h": ["CLua", "CLuaBridge"],
    "lauxlib.h": ["CLua", "CLuaBridge"],
    "lualib.h": ["CLua", "CLuaBridge"],
    "luaconf.h": ["CLua", "CLuaBridge"],
    "libpq-fe.h": ["CPostgres"],
    "histedit.h": ["CEdit"],
]
