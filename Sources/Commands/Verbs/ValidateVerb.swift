internal import ArgumentParser

struct ValidateVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a configuration and report every problem at once; asks no engine."
    )

    @OptionGroup var cluster: ClusterArgument
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        var request = RunRequest("validate", cluster, style)
        // The first word is a file here, whatever it looks like.
        request.config = request.config ?? cluster.subject
        try await context.run("validate", [], for: request)
    }
}
