internal import Foundation
internal import Orchestration

/// Where plugins of Lua are looked for: `./pgbc/plugins`, and `plugins` in the user's folder for pgbc.
public struct LuaPluginFolders: Sendable {
    /// A plugin's folder, with the plugin or what is wrong with it.
    public struct Found: Sendable {
        /// The folder.
        public let folder: String
        /// The plugin, when it can be used.
        public let plugin: LuaPlugin?
        /// What is wrong with it.
        public let reason: String?

        /// The plugin's name, or that of its folder.
        public var name: String { plugin?.name ?? folder.split(separator: "/").last.map(String.init) ?? folder }

        /// One sentence that names the plugin and what is wrong with it.
        public var problem: String? {
            reason.map { "the plugin \(name) is left out: \($0) (pgbc plugin check \(name))" }
        }

        /// Whether this is the plugin that a user means by a word.
        public func answers(to word: String) -> Bool {
            let path = word.hasSuffix("/") ? String(word.dropLast()) : word
            return [name, folder].contains(path) || folder.hasSuffix("/" + path)
        }
    }

    private let places: [ScriptFolder]

    /// The places for a run in this folder.
    public init(folder: ScriptFolder = .current) {
        places = ([ScriptFolder(folder.absolute("pgbc"))] + ScriptFolder.shared).map {
            ScriptFolder($0.absolute("plugins"))
        }
    }

    /// Those that a user means by these names; all plugins without any.
    public func plugins(named names: [String]) async -> [Found] {
        let all = await plugins()
        return names.isEmpty ? all : all.filter { found in names.contains { found.answers(to: $0) } }
    }

    /// All plugins, by the names of their folders. The first of two of one name is used, the other one named.
    public func plugins() async -> [Found] {
        var found: [Found] = []
        for place in places {
            for name in Self.subfolders(of: place) {
                let next = await Self.read(ScriptFolder(place.absolute(name)), known: found.compactMap(\.plugin))
                found.append(next)
            }
        }
        return found.map { Self.complete($0, among: found) }
    }

    private static func subfolders(of place: ScriptFolder) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.filter { ScriptFolder(place.absolute($0)).holds("plugin.lua") }.sorted()
    }

    private static func read(_ folder: ScriptFolder, known: [LuaPlugin]) async -> Found {
        do {
            let plugin = try await LuaPlugin(reading: folder)
            if let other = known.first(where: { $0.name == plugin.name }) {
                throw PluginProblem("its name is that of the plugin in \(other.folder)")
            }
            return Found(folder: folder.path, plugin: plugin, reason: nil)
        } catch {
            return broken(folder.path, String(describing: error))
        }
    }

    /// Leaves out a plugin that needs another one which is not there.
    private static func complete(_ found: Found, among all: [Found]) -> Found {
        let names = all.compactMap(\.plugin?.name)
        guard let missing = found.plugin?.needs.plugins.first(where: { !names.contains($0) }) else { return found }
        return broken(found.folder, "it needs the plugin \(missing), which is not there")
    }

    private static func broken(_ folder: String, _ reason: String) -> Found {
        Found(folder: folder, plugin: nil, reason: reason)
    }
}

/// What is wrong with a plugin.
struct PluginProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
