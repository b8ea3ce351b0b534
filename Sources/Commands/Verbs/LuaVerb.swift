internal import ArgumentParser
internal import Scripting

struct LuaVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lua",
        abstract: "Describe what scripts can call, for people and for editors.",
        subcommands: [Reference.self, Annotations.self]
    )

    struct Reference: Verb {
        static let configuration = CommandConfiguration(abstract: "Print the reference, in Markdown.")

        func perform(in context: CommandContext) async throws {
            context.terminal.write(LibraryReference(plugins: context.plugins).markdown, to: .output)
        }
    }

    struct Annotations: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Print a file of annotations (LuaCATS): completion and types in editors.",
            discussion: "pgbc lua annotations > pgbc-meta.lua, beside the scripts."
        )

        func perform(in context: CommandContext) async throws {
            context.terminal.write(LibraryReference(plugins: context.plugins).annotations, to: .output)
        }
    }
}
