public import Orchestration
public import PluginAPI

/// A plugin that is a folder of Lua: `plugin.lua` says what it is called, what it needs and what it provides.
public struct LuaPlugin: Plugin {
    /// What a plugin cannot do without.
    public struct Needs: Sendable, Equatable {
        /// The oldest pgbc that it works with: "0.1".
        public var pgbc: String?
        /// Names of other plugins.
        public var plugins: [String] = []
        /// What its handlers may do outside of pgbc, as `--allow` takes it: `write=/var/log/pgbc`.
        public var allow: [String] = []
    }

    /// The name that messages, and scripts, know it by: `night-watch` is the global table `night_watch`.
    public let name: String
    /// Its version.
    public let version: String
    /// One line for the reader.
    public let summary: String
    /// Its folder.
    public let folder: String
    /// What it cannot do without.
    public let needs: Needs
    /// Recipes: files of the folder, or of its folder `recipes`.
    public let recipes: [ContributedRecipe]
    /// Names of its functions, once they are in the global table of its name.
    public let functionNames: [String]
    /// Names of the events that it handles.
    public let eventNames: [String]
    /// The file with its functions.
    let functions: LuaFile?
    /// The file with its handlers of events.
    let handlers: LuaFile?
    /// What its handlers may reach.
    let permissions: Permissions

    /// Its handlers of events.
    public var eventSinks: [any EventSink] { handlers.map { [LuaEventSink(of: self, handlers: $0)] } ?? [] }

    /// The global table that scripts see its functions in.
    var table: String { name.replacing("-", with: "_") }
}

/// The text of a file, and what places in errors call it.
struct LuaFile: Sendable, Equatable {
    let name: String
    let source: String
}

extension LuaPlugin {
    /// How scripts call its functions: `night_watch.report`.
    public var functionSpellings: [String] { functionNames.map { "\(table).\($0)" } }
}
