internal import ArgumentParser

struct ApplyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make a cluster as its configuration says.",
        discussion: "With a cluster's name instead of a file, it is made what it was last asked to be."
    )

    @OptionGroup var cluster: ClusterArgument

    @Flag(help: "Also take away what the configuration does not have.")
    var prune = false

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "apply",
            .switches(["prune": prune]),
            for: RunRequest("apply", cluster, style, change)
        )
    }
}
