public import ClusterModel
internal import Orchestration
public import PluginAPI

/// Plugins that fit together and to pgbc, and what is wrong with the others. One that does not fit is left out as a whole, so that it
/// never makes the rest unusable.
public struct CheckedPlugins: Sendable {
    /// A plugin that is left out.
    public struct Refused: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The folder of one in Lua.
        public let folder: String?
        /// What is wrong with it.
        public let reason: String

        /// One sentence that names the plugin and what is wrong with it.
        public var problem: String { "the plugin \(name) is left out: \(reason) (pgbc plugin check \(name))" }
    }

    /// Those that fit, in the order in which they were given.
    public private(set) var good: [any Plugin] = []
    /// Those that do not.
    public private(set) var refused: [Refused] = []
    /// Balancers that topologies can name.
    public var drivers: BalancerDrivers { BalancerDrivers(adding: good.flatMap(\.balancers)) }
    private let ownVerbs: Set<String>

    /// Checks each against pgbc and against those before it.
    ///
    /// - Parameter verbs: names of pgbc's verbs that are no recipes.
    public init(_ plugins: [any Plugin], verbs: Set<String> = []) {
        ownVerbs = verbs.union(RecipeShelf().names)
        for plugin in plugins {
            do throws(PluginProblem) {
                try check(plugin)
                good.append(plugin)
            } catch {
                let folder = (plugin as? LuaPlugin)?.folder
                refused.append(Refused(name: plugin.name, folder: folder, reason: error.description))
            }
        }
    }

    private func check(_ plugin: any Plugin) throws(PluginProblem) {
        guard plugin.name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
            throw PluginProblem("a plugin's name is made of a-z, 0-9 and -")
        }
        if good.contains(where: { $0.name == plugin.name }) { throw PluginProblem("there is a plugin of that name") }
        try checkVerbs(of: plugin)
        try checkFunctions(of: plugin)
        try checkBalancers(of: plugin)
    }

    private func checkVerbs(of plugin: any Plugin) throws(PluginProblem) {
        for verb in plugin.verbs {
            guard verb.name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
                throw PluginProblem("its verb '\(verb.name)': a name is made of a-z, 0-9 and -")
            }
            for argument in verb.arguments {
                do throws(ClusterError) {
                    _ = try ScriptParameter(argument.name, argument.declaration)
                } catch {
                    throw PluginProblem("its verb \(verb.name): \(error.description)")
                }
            }
        }
        var mine: Set<String> = []
        for name in plugin.scripts.map(\.name) {
            if ownVerbs.contains(name) { throw PluginProblem("its verb \(name) is one of pgbc itself") }
            if let other = good.first(where: { $0.scripts.contains { $0.name == name } }) {
                throw PluginProblem("its verb \(name) is one of the plugin \(other.name), too")
            }
            if !mine.insert(name).inserted { throw PluginProblem("it has the verb \(name) twice") }
        }
    }

    private func checkFunctions(of plugin: any Plugin) throws(PluginProblem) {
        if let lua = plugin as? LuaPlugin, !lua.functionNames.isEmpty { try checkTable(lua.table) }
        var mine: Set<String> = []
        for name in plugin.callable.map(\.name) {
            guard let parts = name.wholeMatch(of: /([a-z]\w*)\.([a-z]\w*)/)?.output, !Self.keywords.contains(parts.2)
            else {
                throw PluginProblem("its primitive '\(name)': a name is two words with a dot between: metrics.push")
            }
            try checkTable(String(parts.1))
            if !mine.insert(name).inserted { throw PluginProblem("it has the primitive \(name) twice") }
        }
    }

    /// A global table that is pgbc's or Lua's own cannot be a plugin's, nor one of a plugin before it.
    private func checkTable(_ table: String) throws(PluginProblem) {
        let problem = "its functions cannot be in a table '\(table)': that is"
        if Self.keywords.contains(table[...]) || Self.globals.contains(table) {
            throw PluginProblem("\(problem) a name of Lua or of pgbc")
        }
        if let other = good.first(where: { $0.tables.contains(table) }) {
            throw PluginProblem("\(problem) one of the plugin \(other.name)")
        }
    }

    private func checkBalancers(of plugin: any Plugin) throws(PluginProblem) {
        var known = drivers
        for support in plugin.balancers {
            if let refusal = known.refusal(of: support.driver) { throw PluginProblem(refusal) }
            if let contradiction = support.contradiction {
                throw PluginProblem("the driver \(support.driver.name): \(contradiction)")
            }
            known = BalancerDrivers(adding: known.all + [support.driver])
        }
    }

    /// What scripts see without any plugin, and names of the prompt's own. A test compares them with what a script sees.
    static let globals: Set<String> = [
        "_G", "_VERSION", "assert", "collectgarbage", "confirm", "coroutine", "debug", "defer", "env", "error", "fail",
        "file", "getmetatable", "http", "inspect", "ipairs", "journal", "json", "load", "log", "map", "math", "next",
        "os",
        "pairs", "parallel", "pcall", "pgbc", "print", "random", "rawequal", "rawget", "rawlen", "rawset", "require",
        "retry", "run", "select", "setmetatable", "sleep", "step", "string", "table", "time", "timeout", "tonumber",
        "tostring", "type", "utf8", "xpcall", "yaml",
    ]

    private static let keywords: Set<Substring> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]
}
