internal import ArgumentParser

struct AddReplicaVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "add-replica",
        abstract: "Add replicas behind a balancer.",
        discussion: "Each is cloned, streams, is attached, and gets reads before this ends."
    )

    @OptionGroup var cluster: ClusterArgument

    @Option(name: [.short, .long], parsing: .unconditional, help: "Balancer; the only one when left out.")
    var balancer: String?

    @Option(parsing: .unconditional, help: "How many, from 1 to 31; 1 when left out.")
    var count: String?

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "add-replica",
            .words(["balancer": balancer, "count": count]),
            for: RunRequest("add-replica", cluster, style, change)
        )
    }
}
