internal import ArgumentParser

struct ListVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the clusters that the engine holds."
    )

    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run("list", [], for: RunRequest(command: "pgbc list", style: style.style))
    }
}
