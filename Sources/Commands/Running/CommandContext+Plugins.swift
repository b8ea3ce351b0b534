internal import Scripting

extension CommandContext {
    /// A context with the plugins of the executable and those that are folders of Lua in the user's folders; a broken one is told of and
    /// left out.
    init(services: CommandServices, terminal: any Terminal, folder: ScriptFolder) async {
        let found = await LuaPluginFolders(folder: folder).plugins()
        let candidates = services.plugins + found.compactMap(\.plugin)
        let checked = CheckedPlugins(candidates, verbs: Set(PgbcCommand.verbs.keys).union(["help"]))
        for problem in found.compactMap(\.problem) + checked.refused.map(\.problem) {
            terminal.write("note: \(problem)\n", to: .errors)
        }
        self.init(services: services, terminal: terminal, folder: folder, checked: checked)
    }
}
