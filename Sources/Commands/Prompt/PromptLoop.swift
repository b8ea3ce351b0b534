internal import ClusterModel
internal import Foundation
internal import Orchestration
internal import Scripting

/// Reads one input after the other, from a terminal or from a file, and runs it.
struct PromptLoop {
    let session: PromptSession
    let terminal: any Terminal
    let style: OutputStyle

    /// On a terminal: until Ctrl-D or `.quit`. Errors are shown, and the session goes on.
    func converse(_ editor: LineEditor) async {
        var input = ""
        while !Task.isCancelled {
            let names = await session.prompt.names()
            let completion = PromptCompletion(names: names, results: session.reference.kinds)
            let line = await editor.line(input.isEmpty ? "pgbc> " : "  ... ") { completion($0) }
            switch line {
            case .end: return terminal.write("\n", to: .output)
            case .interrupted: input = ""
            case .text(let text):
                let whole = input.isEmpty ? text : "\(input)\n\(text)"
                let outcome: Outcome = await Signals.cancelling { await self.outcome(of: whole) }
                if outcome == .incomplete {
                    input = whole
                } else {
                    await editor.remember(whole.replacing("\n", with: " "))
                    input = ""
                }
                if outcome == .end { return }
            }
        }
    }

    /// Without a terminal: all lines of a text. Returns whether each input went well.
    func feed(_ text: String) async -> Bool {
        var input = "", isGood = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !Task.isCancelled else { return false }
            input += input.isEmpty ? String(line) : "\n\(line)"
            switch await outcome(of: input) {
            case .incomplete: continue
            case .end: return isGood
            case .failed: isGood = false
            case .good: break
            }
            input = ""
        }
        guard input.isEmpty else {
            tell(UsageError("the input ends in the middle of a statement"))
            return false
        }
        return isGood
    }

    private enum Outcome: Sendable { case good, failed, incomplete, end }

    private func outcome(of input: String) async -> Outcome {
        do {
            if let command = try PromptCommand(input) { return try session.carryOut(command) ? .good : .end }
            return try await session.run(input) ? .good : .incomplete
        } catch {
            session.display.settle()
            tell(error)
            return .failed
        }
    }

    private func tell(_ error: any Error) {
        let report = ErrorReport(error)
        let text =
            style.json
            ? report.document.json() + "\n"
            : report.text(theme: Theme(hasColour: terminal.hasColour(.errors)), verbose: style.verbose)
        terminal.write(text, to: .errors)
    }
}
