internal import ClusterModel
internal import Orchestration
internal import PluginAPI
internal import Scripting

extension Plugin {
    /// One row for a list of plugins.
    var row: Document {
        let lua = self as? LuaPlugin
        let functions = callable.map(\.spelling) + (lua?.functionSpellings ?? [])
        return [
            "plugin": .string(name),
            "version": .string(version),
            "kind": lua == nil ? "Swift" : "Lua",
            "recipes": .array(recipes.map { .string($0.name) }),
            "verbs": .array(verbs.map { .string($0.name) }),
            "balancers": .array(balancers.map { .string($0.driver.name) }),
            "functions": .array(functions.map(Document.string)),
            "events": .array((lua?.eventNames ?? []).map(Document.string)),
            "allow": .array((lua?.needs.allow ?? []).map(Document.string)),
            "summary": .string(summary),
            "folder": lua.map { .string($0.folder) } ?? .null,
        ]
    }
}
