internal import ArgumentParser

struct ValidateVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a configuration and report every problem at once; asks no engine."
    )

    @OptionGroup var cluster: ClusterArgument
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run("validate", [], for: RunRequest("validate", cluster, style))
    }
}
