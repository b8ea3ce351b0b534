internal import ArgumentParser

struct PlanVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what apply would do, each step with its cause."
    )

    @OptionGroup var cluster: ClusterArgument

    @Flag(help: "Also take away what the configuration does not have.")
    var prune = false

    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run("plan", .switches(["prune": prune]), for: RunRequest("plan", cluster, style))
    }
}
