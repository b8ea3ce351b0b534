internal import ClusterModel
internal import Orchestration
internal import Scripting
internal import Synchronization

/// How output is written.
struct OutputStyle: Sendable, Equatable {
    /// One JSON object for each event and for the result.
    var json = false
    /// Starts, causes, progress and tracebacks too.
    var verbose = false
}

/// The one place where events, results and a script's own lines are written.
///
/// Events go to the standard error and results to the standard output, except with `--json`, where both go to the
/// standard output.
final class Display: EventSink, Console {
    let terminal: any Terminal
    let style: OutputStyle
    private let isLive: Bool
    private let tree = Mutex(LiveTree())
    private let longSteps = Mutex(LongSteps())
    private let planned = Mutex<String?>(nil)

    init(terminal: any Terminal, style: OutputStyle) {
        self.terminal = terminal
        self.style = style
        isLive = !style.json && terminal.errorsAreTerminal
    }

    /// The cluster whose plan has begun and has not ended.
    var openPlan: String? { planned.withLock { $0 } }

    func receive(_ event: Event) {
        switch event {
        case .planStarted(let plan): planned.withLock { $0 = plan.cluster }
        case .planFinished: planned.withLock { $0 = nil }
        default: break
        }
        if style.json {
            write(event.document.json() + "\n", to: .output)
        } else if isLive {
            tree.withLock { $0.receive(event, on: terminal) }
        } else {
            longSteps.withLock { $0.receive(event, at: .now) }
            if let line = event.line(verbose: style.verbose) { write(line + "\n", to: .errors) }
        }
    }

    func print(_ line: String) {
        guard style.json else { return between { write(line + "\n", to: .output) } }
        write(Document.object([.init("event", "output"), .init("text", .string(line))]).json() + "\n", to: .output)
    }

    func confirm(_ question: String) async throws -> Bool {
        guard terminal.inputIsTerminal else { throw ClusterError.nobodyToAsk(question) }
        between { write("\(question) [y/N] ", to: .errors) }
        let answer = try await terminal.readLine() ?? ""
        return ["y", "yes"].contains(answer.lowercased().trimmingPrefix(while: \.isWhitespace))
    }

    /// Writes what a script returned.
    func show(_ result: Document) {
        if style.json {
            if result != .null { write(result.json() + "\n", to: .output) }
        } else {
            let lines = ResultText(theme: Theme(hasColour: terminal.hasColour(.output))).lines(result)
            between { write(lines.map { "\($0)\n" }.joined(), to: .output) }
        }
    }

    /// Draws the elapsed times anew, and tells a pipe of what takes long, until cancelled.
    func tick() async {
        guard !style.json else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(isLive ? 100 : 1000))
            if isLive {
                tree.withLock { $0.refresh(on: terminal) }
            } else {
                for line in longSteps.withLock({ $0.lines(at: .now) }) { write(line + "\n", to: .errors) }
            }
        }
    }

    /// Leaves the tree as it is and goes on below it.
    func settle() {
        tree.withLock { $0.settle(on: terminal) }
    }

    /// Writes between two drawings of the tree.
    private func between(_ body: () -> Void) {
        guard isLive else { return body() }
        tree.withLock { tree in
            tree.erase(on: terminal)
            body()
            tree.draw(on: terminal)
        }
    }

    private func write(_ text: String, to stream: OutputStream) { terminal.write(text, to: stream) }
}
