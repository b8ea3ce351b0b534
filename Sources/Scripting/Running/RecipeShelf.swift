internal import ClusterModel
public import Orchestration
public import PluginAPI

/// Finds scripts: the user's own files, pgbc's recipes, and those of plugins.
public struct RecipeShelf: Sendable {
    private let folder: ScriptFolder
    private let contributed: [(plugin: String, recipe: ContributedRecipe)]

    /// A shelf for the folder that a run is started in.
    public init(folder: ScriptFolder = .current, plugins: [any Plugin] = []) {
        self.folder = folder
        self.contributed = plugins.flatMap { plugin in plugin.scripts.map { (plugin.name, $0) } }
    }

    /// All recipes, by name; a user's own stands for the one that it replaces.
    public var all: [Script] {
        names.compactMap { try? recipe($0) }
    }

    /// Names of all recipes, sorted.
    public var names: [String] {
        Set(Self.bundled.keys).union(contributed.map(\.recipe.name)).union(folder.scripts(in: "pgbc")).sorted()
    }

    /// A script by what the user wrote: a path when it has a slash or ends in `.lua`, else a recipe's name.
    public func script(_ name: String) throws(ClusterError) -> Script {
        guard name.contains("/") || name.hasSuffix(".lua") else { return try recipe(name) }
        let text = String(decoding: try folder.read(name), as: UTF8.self)
        let parent = name.lastIndex(of: "/").map { String(name[...$0]) } ?? "."
        return Script(name: name, source: text, origin: .file, folder: parent)
    }

    /// Whether a file of this name in `./pgbc` takes the place of another recipe.
    private func replaces(_ name: String) -> Bool {
        Self.bundled[name] != nil || contributed.contains { $0.recipe.name == name }
    }

    /// A recipe by name. A file of that name in `./pgbc` goes before pgbc's own, and that before a plugin's.
    public func recipe(_ name: String) throws(ClusterError) -> Script {
        let own = "./pgbc/\(name).lua"
        if folder.holds(own) {
            let text = String(decoding: try folder.read(own), as: UTF8.self)
            return Script(name: own, source: text, origin: replaces(name) ? .override : .file, folder: "./pgbc")
        }
        if let bytes = Self.bundled[name] {
            return Script(name: "recipe/\(name).lua", source: String(decoding: bytes, as: UTF8.self), origin: .bundled)
        }
        if let found = contributed.first(where: { $0.recipe.name == name }) {
            return Script(name: "recipe/\(name).lua", source: found.recipe.source, origin: .plugin(found.plugin))
        }
        throw ClusterError(
            .notFound,
            operation: "find the recipe \(name)",
            message: name.nearest(in: names).map { "did you mean \($0)?" }
                ?? "the recipes are \(names.joined(separator: ", "))",
            advice: "a file is named with its ending, as in \(name).lua"
        )
    }
}
