internal import Orchestration

/// The step tree at the bottom of a terminal, with the script's own steps below it, drawn over itself as it changes.
struct LiveTree: Sendable {
    private var board = StepBoard()
    private var isActive = false
    private var drawn = 0
    private var scriptSteps = OpenScriptSteps()

    mutating func receive(_ event: Event, on terminal: any Terminal) {
        switch event {
        case .note(let text): return say(text, on: terminal)
        case .scriptStep(let step):
            let theme = Theme(hasColour: terminal.hasColour(.errors))
            return say(scriptSteps.receive(step, at: .now, theme), on: terminal)
        case .planStarted:
            leave(on: terminal)
            isActive = true
        default: break
        }
        board.receive(event, at: .now)
        erase(on: terminal)
        if case .planFinished = event { leave(on: terminal) }
        draw(on: terminal)
    }

    private mutating func say(_ line: String?, on terminal: any Terminal) {
        erase(on: terminal)
        if let line { terminal.write(line + "\n", to: .errors) }
        draw(on: terminal)
    }

    mutating func refresh(on terminal: any Terminal) {
        guard isActive || !scriptSteps.isEmpty else { return }
        erase(on: terminal)
        draw(on: terminal)
    }

    /// Takes the tree off the screen; what is written next stands where it was.
    mutating func erase(on terminal: any Terminal) {
        guard drawn > 0 else { return }
        terminal.write("\u{1B}[\(drawn)A\r\u{1B}[J", to: .errors)
        drawn = 0
    }

    mutating func draw(on terminal: any Terminal) {
        let text = tree(on: terminal) + scriptSteps.text(at: .now, columns: terminal.size.columns)
        guard !text.isEmpty else { return }
        terminal.write(text.map { "\($0)\n" }.joined(), to: .errors)
        drawn = text.count
    }

    private func tree(on terminal: any Terminal) -> [String] {
        guard isActive else { return [] }
        let (columns, lines) = terminal.size
        let theme = Theme(hasColour: terminal.hasColour(.errors))
        return StepTree(theme: theme, columns: columns, lines: lines - scriptSteps.count).text(board, at: .now)
    }

    /// Writes the tree as it is for good; the next one is drawn below.
    private mutating func leave(on terminal: any Terminal) {
        erase(on: terminal)
        let text = tree(on: terminal)
        if !text.isEmpty { terminal.write(text.map { "\($0)\n" }.joined(), to: .errors) }
        isActive = false
    }

    /// Leaves everything where it is; what comes next is drawn below.
    mutating func settle(on terminal: any Terminal) {
        leave(on: terminal)
        draw(on: terminal)
        drawn = 0
        scriptSteps = OpenScriptSteps()
    }
}
