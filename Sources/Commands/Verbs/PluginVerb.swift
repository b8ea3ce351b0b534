internal import ArgumentParser
internal import ClusterModel
internal import Orchestration
internal import PluginAPI
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
            abstract: "Read plugins as a run does, and say what is wrong with them."
        )

        @Argument(help: "Names, or folders; every plugin when left out.")
        var names: [String] = []

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let folders = LuaPluginFolders(folder: context.folder)
            let all = await folders.plugins(named: names)
            let checked = context.checked
            // Those of the executable: what has no folder of its own.
            let built =
                checked.refused.filter { $0.folder == nil }.map { ($0.name, $0.reason) }
                + checked.good.filter { !($0 is LuaPlugin) }.map { ($0.name, nil) }
            let mine = built.filter { names.isEmpty || names.contains($0.0) }
            for name in names
            where !all.contains(where: { $0.answers(to: name) }) && !mine.contains(where: { $0.0 == name }) {
                throw ClusterError(
                    .notFound,
                    operation: "check the plugin \(name)",
                    message: "there is none of that name"
                )
            }
            let rows =
                mine.map { Self.row($0.0, $0.1, folder: nil) }
                + all.map { found in
                    let clash = checked.refused.first { $0.folder == found.folder }?.reason
                    return Self.row(found.name, found.reason ?? clash, folder: found.folder)
                }
            Display(terminal: context.terminal, style: style.style).show(.array(rows))
            if rows.contains(where: { $0["problem"] != .null }) {
                throw VerbExit(code: ClusterError.Code.invalid.exitCode)
            }
        }

        private static func row(_ name: String, _ problem: String?, folder: String?) -> Document {
            [
                "plugin": .string(name), "state": problem == nil ? "good" : "broken",
                "problem": problem.map(Document.string) ?? .null, "folder": folder.map(Document.string) ?? .null,
            ]
        }
    }
}
