internal import ArgumentParser

struct DestroyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Remove the containers, the network and the volumes of a cluster, and nothing else."
    )

    @OptionGroup var cluster: ClusterArgument

    @Flag(name: [.short, .long], help: "Do not ask; needed where there is no terminal.")
    var yes = false

    @Flag(help: "Keep the volumes, so that init brings the data back.")
    var keepData = false

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "destroy",
            .switches(["yes": yes, "keep-data": keepData]),
            for: RunRequest("destroy", cluster, style, change)
        )
    }
}
