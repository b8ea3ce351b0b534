internal import ArgumentParser

struct InitVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Bring a cluster up as its configuration says.",
        discussion: "Run again, it changes nothing; a run that was cut is completed by the next one."
    )

    @OptionGroup var cluster: ClusterArgument
    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run("init", [], for: RunRequest("init", cluster, style, change))
    }
}
