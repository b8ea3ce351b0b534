internal import ClusterModel
internal import Orchestration

/// A step board as a tree for a terminal.
struct StepTree {
    let theme: Theme
    let columns: Int
    /// The most lines that may be used; what is over is left out, finished steps first.
    let lines: Int

    /// The tree at a moment: a head line, steps of the whole cluster, then each balancer's.
    func text(_ board: StepBoard, at now: ContinuousClock.Instant) -> [String] {
        let elapsed = board.seconds ?? board.begin.map { (now - $0).seconds } ?? 0
        let finished = board.steps.count { board.state(of: $0.step).isOver }
        let head = "\(board.cluster)  \(finished) of \(board.steps.count) steps  \(elapsed.tenths) s"
        return [theme.strong(cut(head))] + fitted(board).map { line($0, board, now) }
    }

    private enum Row {
        case group(String, progress: String, isLast: Bool)
        case step(Step, indent: String)
    }

    private func fitted(_ board: StepBoard) -> [Row] {
        let all = rows(board, board.steps)
        if all.count <= lines - 2 { return all }
        return Array(rows(board, board.steps.filter { !board.state(of: $0.step).isQuiet }).prefix(max(1, lines - 2)))
    }

    private func rows(_ board: StepBoard, _ steps: [(step: Step, group: String?)]) -> [Row] {
        var names: [String] = []
        for case (_, let group?) in board.steps where !names.contains(group) { names.append(group) }
        let whole = steps.filter { $0.group == nil }
        var rows = whole.enumerated().map { index, entry in
            Row.step(entry.step, indent: index == whole.count - 1 && names.isEmpty ? "└ " : "├ ")
        }
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            let own = steps.filter { $0.group == name }
            let members = board.steps.filter { $0.group == name }
            let finished = members.count { board.state(of: $0.step).isOver }
            rows.append(.group(name, progress: "\(finished) of \(members.count)", isLast: isLast))
            rows += own.enumerated().map { place, entry in
                .step(entry.step, indent: (isLast ? "  " : "│ ") + (place == own.count - 1 ? "└ " : "├ "))
            }
        }
        return rows
    }

    private func line(_ row: Row, _ board: StepBoard, _ now: ContinuousClock.Instant) -> String {
        switch row {
        case .group(let name, let progress, let isLast): return cut("\(isLast ? "└" : "├") \(name)  \(progress)")
        case .step(let step, let indent):
            let (mark, tail) = board.state(of: step).shown(at: now)
            let text = cut("\(indent)\(mark) \(step.title)\(tail.isEmpty ? "" : "  \(tail)")")
            return board.state(of: step).painted(text, theme)
        }
    }

    private func cut(_ text: String) -> String {
        text.count < columns ? text : "\(text.prefix(max(1, columns - 2)))…"
    }
}

extension StepBoard.State {
    /// Whether nothing more comes.
    var isOver: Bool {
        switch self {
        case .waiting, .running: false
        case .done, .failed, .skipped: true
        }
    }

    /// Whether it can be left out where there is little room.
    fileprivate var isQuiet: Bool {
        switch self {
        case .done, .waiting: true
        default: false
        }
    }

    fileprivate func shown(at now: ContinuousClock.Instant) -> (mark: String, tail: String) {
        switch self {
        case .waiting: ("·", "")
        case .running(let since, let progress):
            ("▸", "\((now - since).seconds.tenths) s\(progress.map { "  \($0)" } ?? "")")
        case .done(let seconds, let note): ("✓", "\(seconds.tenths) s\(note.map { "  \($0)" } ?? "")")
        case .failed(let seconds): ("✗", "\(seconds.tenths) s")
        case .skipped: ("-", "skipped")
        }
    }

    fileprivate func painted(_ text: String, _ theme: Theme) -> String {
        switch self {
        case .waiting, .skipped: theme.faint(text)
        case .running: text
        case .done: theme.good(text)
        case .failed: theme.bad(text)
        }
    }
}
