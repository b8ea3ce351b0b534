internal import ArgumentParser
internal import Foundation
internal import Orchestration
internal import Scripting

struct ReplVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "repl",
        abstract: "Work on clusters in Lua, line by line.",
        discussion: """
            The last result is in _; .help shows what there is. Without a terminal, the lines of the standard input are run, \
            as in pgbc repl < FILE. A session that changes something is kept like any run: pgbc runs show last.
            """
    )

    @Option(name: [.short, .long], parsing: .unconditionalSingleValue, help: "Run this and end; may be given again.")
    var execute: [String] = []

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Take the cluster's lock away from whoever holds it.")
    var breakLock = false

    @OptionGroup var permissions: PermissionOptions
    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        var request = RunRequest("repl", selection, style)
        request.breaksLock = breakLock
        request.allow = permissions.allow
        let start = try request.start([], folder: context.folder)
        let journal = context.runs?.begin(RunHeader(script: ScriptPrompt.script, start: start))
        defer { journal?.end("done") }
        let display = Display(terminal: context.terminal, style: style.style)
        let isGood = try await context.operating(display, for: request) { runner in
            let session = PromptSession(
                prompt: try ScriptPrompt(runner, start, journal: journal),
                display: display,
                shelf: context.shelf,
                reference: LibraryReference(plugins: context.plugins)
            )
            return try await converse(PromptLoop(session: session, terminal: context.terminal, style: style.style))
        }
        if !isGood { throw VerbExit(code: ClusterError.Code.failed.exitCode) }
    }

    private func converse(_ loop: PromptLoop) async throws -> Bool {
        guard execute.isEmpty else {
            for text in execute where await !loop.feed(text) { return false }
            return true
        }
        let file = Self.historyFile(loop.terminal.environment)
        guard loop.terminal.inputIsTerminal, let editor = LineEditor(history: file) else {
            return await loop.feed(String(decoding: try loop.terminal.readAll(), as: UTF8.self))
        }
        await Signals.sparing { await loop.converse(editor) }
        return true
    }

    /// Where what was typed is kept: in the user's folder for the state of programs. `nil` where there is none.
    private static func historyFile(_ environment: [String: String]) -> String? {
        guard let state = environment["XDG_STATE_HOME"] ?? environment["HOME"].map({ "\($0)/.local/state" }) else {
            return nil
        }
        let folder = "\(state)/pgbc"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return "\(folder)/prompt"
        } catch {
            return nil
        }
    }
}
