internal import ArgumentParser
internal import ClusterModel
internal import Orchestration

struct DoctorVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine the engine and say how to mend what is wrong."
    )

    @Flag(help: "Changes nothing here: examining only looks.")
    var dryRun = false

    @OptionGroup var style: StyleOptions

    func perform(in context: CommandContext) async throws {
        let results = await examine(context)
        if style.json {
            Display(terminal: context.terminal, style: style.style).show(.array(results.map(\.document)))
        } else {
            let theme = Theme(hasColour: context.terminal.hasColour(.output))
            let width = results.map(\.subject.count).max() ?? 0
            context.terminal.write(results.map { $0.lines(width, theme) }.joined(), to: .output)
        }
        let bad = results.filter { $0.verdict == .bad }
        guard !bad.isEmpty else { return }
        let isAway = bad.contains { $0.subject == "engine" }
        throw VerbExit(code: (isAway ? ClusterError.Code.unreachable : .failed).exitCode)
    }

    private func examine(_ context: CommandContext) async -> [Examination] {
        do {
            return try await context.services.engine().examine()
        } catch let error as ClusterError {
            return [Examination("engine", .bad, error.message, advice: error.advice)]
        } catch {
            return [Examination("engine", .bad, String(describing: error))]
        }
    }
}

extension Examination {
    fileprivate var document: Document {
        [
            "subject": .string(subject),
            "verdict": .string(verdict.rawValue),
            "finding": .string(finding),
            "advice": advice.map(Document.string) ?? .null,
        ]
    }

    fileprivate func lines(_ width: Int, _ theme: Theme) -> String {
        let padding = String(repeating: " ", count: width - subject.count)
        let line = "\(mark(theme)) \(subject)\(padding)  \(finding)\n"
        return line + (advice.map { "          \(theme.faint($0))\n" } ?? "")
    }

    private func mark(_ theme: Theme) -> String {
        switch verdict {
        case .good: theme.good("good   ")
        case .warning: theme.warning("warning")
        case .bad: theme.bad("bad    ")
        }
    }
}
