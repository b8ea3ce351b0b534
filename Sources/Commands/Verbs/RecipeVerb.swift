internal import ArgumentParser
internal import ClusterModel
internal import Foundation
internal import Orchestration
internal import Scripting

struct RecipeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe",
        abstract: "List, print and copy the scripts that are pgbc's verbs.",
        discussion: "A file NAME.lua in ./pgbc takes the place of the recipe of its name.",
        subcommands: [List.self, Show.self, Copy.self]
    )

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "List the recipes.")

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let rows = context.shelf.all.map { recipe in
                [
                    "recipe": .string(recipe.origin.isOwn ? recipe.stem : recipe.name),
                    "summary": .string(recipe.summary),
                ] as Document
            }
            Display(terminal: context.terminal, style: style.style).show(.array(rows))
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(abstract: "Print a recipe.")

        @Argument(help: "The recipe's name.")
        var name: String

        func perform(in context: CommandContext) async throws {
            context.terminal.write(try context.shelf.recipe(name).source, to: .output)
        }
    }

    struct Copy: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Copy a recipe into a folder, to change it.",
            discussion: "Copied into ./pgbc, it takes the place of pgbc's own."
        )

        @Argument(help: "The recipe's name.")
        var name: String

        @Argument(help: "The folder.")
        var folder: String = "./pgbc"

        func perform(in context: CommandContext) async throws {
            let recipe = try context.shelf.recipe(name)
            let target = ScriptFolder(context.folder.absolute(folder))
            let path = try target.create("\(recipe.stem).lua", text: recipe.source)
            context.terminal.write("\(path)\n", to: .output)
        }
    }
}

extension Script.Origin {
    /// Whether the recipe is pgbc's own and not a user's or a plugin's.
    fileprivate var isOwn: Bool { self == .bundled }
}
