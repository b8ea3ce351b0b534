internal import ArgumentParser

struct StatusVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is there, and a sentence for everything that is not as it should be."
    )

    @OptionGroup var cluster: ClusterArgument

    @Flag(help: "Fail when something is not as it should be.")
    var check = false

    @Flag(name: [.short, .long], help: "Show it again and again, until interrupted.")
    var watch = false

    @Option(help: ArgumentHelp("Seconds between two looks with --watch.", valueName: "seconds"))
    var interval = 2.0

    @OptionGroup var style: StyleOptions

    func validate() throws {
        guard interval >= 0.1, interval <= 86400 else {
            throw ValidationError("--interval: expected a number from 0.1 to 86400, got \(interval)")
        }
    }

    func perform(in context: CommandContext) async throws {
        let request = RunRequest("status", cluster, style)
        let arguments: [String] = .switches(["check": check])
        guard watch else { return try await context.run("status", arguments, for: request) }
        while true {
            if !style.json, context.terminal.outputIsTerminal {
                context.terminal.write("\u{1B}[H\u{1B}[2J", to: .output)
            }
            try await context.run("status", arguments, for: request)
            try await Task.sleep(for: .seconds(interval))
        }
    }
}
