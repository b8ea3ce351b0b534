internal import Scripting

extension CommandContext {
    /// A context with the plugins that are folders of Lua in the user's folders; a broken one is told of and left out.
    init(services: CommandServices, terminal: any Terminal, folder: ScriptFolder) async {
        let found = await LuaPluginFolders(folder: folder).plugins()
        for plugin in found.compactMap(\.problem) { terminal.write("note: \(plugin)\n", to: .errors) }
        let plugins = services.plugins + found.compactMap(\.plugin)
        self.init(services: services, terminal: terminal, folder: folder, plugins: plugins)
    }
}
