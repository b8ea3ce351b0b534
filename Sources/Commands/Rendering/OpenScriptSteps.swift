internal import ClusterModel
internal import Orchestration

/// The named stretches of a script that are under way, as lines for a terminal.
struct OpenScriptSteps: Sendable {
    private var open: [(path: [String], begin: ContinuousClock.Instant)] = []

    var count: Int { open.count }
    var isEmpty: Bool { open.isEmpty }

    /// Takes what happened to one of them; gives the line that stays when it is over.
    mutating func receive(_ step: ScriptStep, at now: ContinuousClock.Instant, _ theme: Theme) -> String? {
        switch step.state {
        case .begun:
            open.append((step.path, now))
            return nil
        case .done(let seconds):
            close(step)
            return theme.good("\(step.indent)✓ \(step.name)  \(seconds.tenths) s")
        case .failed(let seconds, _):
            close(step)
            return theme.bad("\(step.indent)✗ \(step.name)  \(seconds.tenths) s")
        }
    }

    /// One line for each, with how long it has been under way.
    func text(at now: ContinuousClock.Instant, columns: Int) -> [String] {
        open.map { path, begin in
            let step = ScriptStep(path: path, state: .begun)
            return String("\(step.indent)▸ \(step.name)  \((now - begin).seconds.tenths) s".prefix(columns - 1))
        }
    }

    private mutating func close(_ step: ScriptStep) {
        if let index = open.lastIndex(where: { $0.path == step.path }) { open.remove(at: index) }
    }
}

extension ScriptStep {
    /// Two blanks for each step that it is within.
    fileprivate var indent: String { String(repeating: "  ", count: max(0, path.count - 1)) }
}
