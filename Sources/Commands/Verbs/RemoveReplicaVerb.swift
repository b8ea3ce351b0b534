internal import ArgumentParser

struct RemoveReplicaVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove-replica",
        abstract: "Take replicas out of a balancer and remove them with their data.",
        discussion: "The node that is primary now is never taken. Without names, the highest numbers go first."
    )

    @OptionGroup var cluster: ClusterArgument

    @Option(name: [.short, .long], parsing: .unconditional, help: "Balancer; the only one when left out.")
    var balancer: String?

    @Option(parsing: .unconditional, help: "How many, from 1 to 31.")
    var count: String?

    @Option(
        name: [.short, .long],
        parsing: .unconditionalSingleValue,
        help: "Name of a replica; may be given several times."
    )
    var node: [String] = []

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        try await context.run(
            "remove-replica",
            .words(["balancer": balancer, "count": count]) + node.map { "--node=\($0)" },
            for: RunRequest("remove-replica", cluster, style, change)
        )
    }
}
