internal import ArgumentParser

struct WatchVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Look after a cluster: kill what hangs, bring back what is gone, tell of each failover.",
        discussion: """
            Runs until it is interrupted. With --install it runs in a container of the engine instead, which the engine starts again; \
            that container has the engine's socket, and so can do on its host whatever root can.
            """
    )

    @OptionGroup var cluster: ClusterArgument

    @Option(help: ArgumentHelp("How often to look: 3s, 500ms; 3s when left out.", valueName: "duration"))
    var every: String?

    @Option(help: ArgumentHelp("End after so many looks.", valueName: "count"))
    var rounds: String?

    @Option(help: ArgumentHelp("End when the engine has not answered for so long.", valueName: "duration"))
    var giveUp: String?

    @Flag(help: "Tell what is wrong and change nothing.")
    var onlyTell = false

    @Flag(help: "Watch in a container of the engine, in the place of one that is there already.")
    var install = false

    @Flag(help: "Remove that container.")
    var uninstall = false

    @OptionGroup var change: ChangeOptions
    @OptionGroup var style: StyleOptions

    func validate() throws {
        if install, uninstall { throw ValidationError("--install and --uninstall are opposites; give one of them") }
    }

    func perform(in context: CommandContext) async throws {
        var request = RunRequest("watch", cluster, style, change)
        // It may run for months, and there is nothing to resume in it.
        request.isRecorded = false
        let isEndless = rounds == nil && !install && !uninstall
        try await context.run(
            "watch",
            .words(["every": every, "rounds": isEndless && change.dryRun ? "1" : rounds, "give-up": giveUp])
                + .switches(["only-tell": onlyTell, "install": install, "uninstall": uninstall]),
            for: request
        )
    }
}
