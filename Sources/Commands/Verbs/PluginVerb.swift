internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import Scripting

struct PluginVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "List and check plugins.",
        discussion: """
            A plugin of Lua is a folder with a file plugin.lua in ./pgbc/plugins, or in plugins in the user's folder for pgbc \
            (~/.config/pgbc). Plugins in Swift are built into the executable.
            """,
        subcommands: [List.self, Check.self]
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "List the plugins and what they provide.")

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            Display(terminal: context.terminal, style: style.style).show(.array(context.plugins.map(\.row)))
        }
    }

    struct Check: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Read plugins of Lua as a run does, and say what is wrong with them."
        )

        @Argument(help: "Names, or folders; every plugin when left out.")
        var names: [String] = []

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let folders = LuaPluginFolders(folder: context.folder)
            let all = await folders.plugins(named: names)
            for name in names where !all.contains(where: { $0.answers(to: name) }) {
                throw ClusterError(
                    .notFound,
                    operation: "check the plugin \(name)",
                    message: "there is none of that name"
                )
            }
            let rows = all.map { found -> Document in
                [
                    "plugin": .string(found.name), "state": found.plugin == nil ? "broken" : "good",
                    "problem": found.reason.map(Document.string) ?? .null, "folder": .string(found.folder),
                ]
            }
            Display(terminal: context.terminal, style: style.style).show(.array(rows))
            if all.contains(where: { $0.plugin == nil }) { throw VerbExit(code: ClusterError.Code.invalid.exitCode) }
        }
    }
}
