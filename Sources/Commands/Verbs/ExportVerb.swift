internal import ArgumentParser

struct ExportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a running cluster back as a configuration file."
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, lua
    }

    @OptionGroup var cluster: ClusterArgument

    @Option(name: [.short, .long], help: "How to write it.")
    var format = Format.json

    @Flag(help: "The same as --format json.")
    var json = false

    func perform(in context: CommandContext) async throws {
        let request = RunRequest(command: "pgbc export", cluster: cluster.cluster, config: cluster.config)
        try await context.run("export", ["--format=\(json ? "json" : format.rawValue)"], for: request)
    }
}
