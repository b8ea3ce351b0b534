internal import ArgumentParser

/// What shells ask: `pgbc __complete -- WORD…`, the last word being the one to complete.
struct CompleteVerb: Verb {
    static let configuration = CommandConfiguration(commandName: "__complete", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough)
    var words: [String] = []

    func perform(in context: CommandContext) async throws {
        let typed = words.first == "--" ? Array(words.dropFirst()) : words
        for candidate in await CompletionEngine(context: context).candidates(typed) {
            context.terminal.write("\(candidate.word)\t\(candidate.summary)\n", to: .output)
        }
    }
}
