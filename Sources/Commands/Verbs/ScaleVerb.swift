internal import ArgumentParser

struct ScaleVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Set the number of replicas behind a balancer."
    )

    @OptionGroup var cluster: ClusterArgument

    @Option(name: [.short, .long], parsing: .unconditional, help: "Balancer; the only one when left out.")
    var balancer: String?

    @Option(name: [.short, .long], parsing: .unconditional, help: "Replicas wanted, from 0 to 31.")
    var replicas: String

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "scale",
            .words(["balancer": balancer, "replicas": replicas]),
            for: RunRequest("scale", cluster, style, change)
        )
    }
}
