internal import Orchestration

/// The step tree at the bottom of a terminal, drawn over itself as it changes.
struct LiveTree: Sendable {
    private var board = StepBoard()
    private var isActive = false
    private var drawn = 0

    mutating func receive(_ event: Event, on terminal: any Terminal) {
        if case .note(let text) = event {
            erase(on: terminal)
            terminal.write(text + "\n", to: .errors)
            return draw(on: terminal)
        }
        if case .planStarted = event {
            settle(on: terminal)
            isActive = true
        }
        board.receive(event, at: .now)
        erase(on: terminal)
        draw(on: terminal)
        if case .planFinished = event { settle(on: terminal) }
    }

    mutating func refresh(on terminal: any Terminal) {
        guard isActive else { return }
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
        guard isActive else { return }
        let (columns, lines) = terminal.size
        let tree = StepTree(theme: Theme(hasColour: terminal.hasColour(.errors)), columns: columns, lines: lines)
        let text = tree.text(board, at: .now)
        terminal.write(text.map { "\($0)\n" }.joined(), to: .errors)
        drawn = text.count
    }

    /// Leaves the tree where it is; the next one is drawn below.
    mutating func settle(on terminal: any Terminal) {
        isActive = false
        drawn = 0
    }
}
