internal import ClusterModel
internal import LuaRuntime
internal import Orchestration
internal import PluginAPI

extension LuaPlugin {
    private static let keys = ["name", "version", "summary", "needs", "provides"]
    private static let needed = ["pgbc", "plugins", "allow"]
    private static let provided = ["recipes", "functions", "events"]

    /// Reads `plugin.lua` and the files that it names, and runs each as far as that is possible without a cluster.
    init(reading folder: ScriptFolder) async throws {
        let file = LuaFile(name: "plugin.lua", source: try Self.text("plugin.lua", in: folder))
        let manifest = try await Self.table(file)
        try Self.check(manifest, keys: Self.keys, in: "plugin.lua")
        try Self.check(manifest["needs"], keys: Self.needed, in: "needs")
        try Self.check(manifest["provides"], keys: Self.provided, in: "provides")
        self.folder = folder.path
        name = try Self.name(manifest)
        version = manifest["version"]?.text ?? "0"
        summary = manifest["summary"]?.text ?? ""
        needs = Needs(
            pgbc: manifest["needs"]?["pgbc"]?.text,
            plugins: try Self.names(manifest["needs"]?["plugins"], "needs.plugins"),
            allow: try Self.names(manifest["needs"]?["allow"], "needs.allow")
        )
        try needs.checkVersion()
        permissions = try Permissions(needs.allow)
        let provides = manifest["provides"]
        let recipeNames = try Self.names(provides?["recipes"], "provides.recipes")
        recipes = try recipeNames.map { name in try Self.recipe(name, in: folder) }
        functions = try Self.file(provides?["functions"], in: folder)
        functionNames = try await Self.fields(of: functions)
        handlers = try Self.file(provides?["events"], in: folder)
        eventNames = try await Self.fields(of: handlers)
        for event in eventNames where !EventCatalogue.names.contains(event) {
            let near = event.nearest(in: EventCatalogue.names).map { "; did you mean '\($0)'?" } ?? ""
            throw PluginProblem("\(handlers?.name ?? ""): there is no event '\(event)'\(near)")
        }
    }

    private static func name(_ manifest: Document) throws -> String {
        guard let name = manifest["name"]?.text, name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
            throw PluginProblem("plugin.lua: 'name' has to be text of a-z, 0-9 and -")
        }
        return name
    }

    private static func check(_ table: Document?, keys: [String], in place: String) throws {
        for member in table?.members ?? [] where !keys.contains(member.key) {
            let near = member.key.nearest(in: keys).map { "did you mean '\($0)'?" }
            let all = "the keys are \(keys.joined(separator: ", "))"
            throw PluginProblem("\(place): unknown key '\(member.key)'; \(near ?? all)")
        }
    }

    private static func names(_ list: Document?, _ place: String) throws -> [String] {
        guard let list, list != .null else { return [] }
        guard let elements = list.elements, elements.allSatisfy({ $0.text != nil }) else {
            throw PluginProblem("plugin.lua: '\(place)' has to be a list of names")
        }
        return elements.compactMap(\.text)
    }
}

extension LuaPlugin {
    private static func text(_ name: String, in folder: ScriptFolder) throws -> String {
        String(decoding: try folder.read(name), as: UTF8.self)
    }

    private static func recipe(_ name: String, in folder: ScriptFolder) throws -> ContributedRecipe {
        let files = ["recipes/\(name).lua", "\(name).lua"]
        guard let file = files.first(where: folder.holds) else {
            throw PluginProblem("it provides the recipe \(name), but there is no \(files.joined(separator: " or "))")
        }
        return ContributedRecipe(name: name, source: try text(file, in: folder))
    }

    private static func file(_ name: Document?, in folder: ScriptFolder) throws -> LuaFile? {
        guard let name = name?.text else { return nil }
        return LuaFile(name: folder.absolute(name), source: try text(name, in: folder))
    }

    /// Names of the functions in the table that a file returns.
    private static func fields(of file: LuaFile?) async throws -> [String] {
        guard let file else { return [] }
        let names = """
            local chunk, problem = load(\(file.source.luaLiteral), \(file.name.luaLiteral))
            if not chunk then error(problem, 0) end
            local functions = chunk()
            if type(functions) ~= "table" then error("it has to return a table of functions", 0) end
            local names = {}
            for name, value in pairs(functions) do
              if type(name) ~= "string" or type(value) ~= "function" then
                error(("its field '%s' is not a function"):format(tostring(name)), 0)
              end
              names[#names + 1] = name
            end
            table.sort(names)
            return names
            """
        return try await table(LuaFile(name: file.name, source: names)).elements?.compactMap(\.text) ?? []
    }

    /// What a file returns that may ask for nothing and has to end soon.
    private static func table(_ file: LuaFile) async throws -> Document {
        let limits = LuaLimits(memoryBytes: 16 << 20, instructions: 1_000_000)
        do {
            let machine = try LuaRuntime(host: NothingToAsk(), limits: limits, modules: LuaModule.library())
            guard let first = try await machine.run(file.source, name: file.name).first, first.table != nil else {
                throw PluginProblem("\(file.name): it has to return a table")
            }
            return Document(first)
        } catch let error as LuaScriptError {
            throw PluginProblem(error.description)
        }
    }
}

extension LuaPlugin.Needs {
    /// The version of pgbc that plugins are promised.
    static let current = "0.1.0"

    fileprivate func checkVersion() throws {
        guard let pgbc else { return }
        let wanted = Self.numbers(pgbc), here = Self.numbers(Self.current)
        if here.lexicographicallyPrecedes(wanted) {
            throw PluginProblem("it needs pgbc \(pgbc); this is \(Self.current)")
        }
    }

    private static func numbers(_ version: String) -> [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}

/// Refuses whatever a file asks for while it is being read.
private struct NothingToAsk: LuaHost {
    func perform(_ request: LuaRequest) async throws -> LuaValue {
        throw ClusterError(
            .invalid,
            operation: "call \(request.name)",
            message: "a plugin's files only declare; what they do belongs into their functions"
        )
    }
}
