internal import ArgumentParser
internal import Scripting

/// `pgbc NAME …` for a recipe that has no Swift verb of its own.
struct ShelfVerb: Verb {
    static let configuration = CommandConfiguration(commandName: "__recipe", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough)
    var words: [String] = []

    func perform(in context: CommandContext) async throws {
        guard let name = words.first else { throw UsageError("the name of a recipe is missing") }
        let recipe = try context.shelf.recipe(name)
        let divided = RecipeWords(Array(words.dropFirst()), for: await recipe.outline(plugins: context.plugins))
        let request = RunRequest(name, try RunOptions.reading(divided.own))
        let display = Display(terminal: context.terminal, style: request.style)
        do {
            display.show(try await context.run(recipe, divided.script, for: request, display: display))
        } catch let help as ScriptHelp {
            throw ScriptHelp(text: "\(help.text)\n\n\(OwnOptions.helpText)")
        }
    }
}
