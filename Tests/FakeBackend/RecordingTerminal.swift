package import Commands
import Synchronization

/// A terminal that keeps what is written to it.
package final class RecordingTerminal: Terminal {
    package let outputIsTerminal: Bool
    package let errorsAreTerminal: Bool
    package let inputIsTerminal: Bool
    package let size = (columns: 100, lines: 40)
    package let environment: [String: String]
    private let streams = Mutex<(output: String, errors: String)>(("", ""))
    private let answers: Mutex<[String]>

    /// A pipe on all sides, unless told otherwise. `answers` are the lines of the input.
    package init(isTerminal: Bool = false, answers: [String] = [], environment: [String: String] = ["NO_COLOR": "1"]) {
        outputIsTerminal = isTerminal
        errorsAreTerminal = isTerminal
        inputIsTerminal = isTerminal
        self.environment = environment
        self.answers = Mutex(answers)
    }

    /// What went to the standard output so far.
    package var output: String { streams.withLock { $0.output } }
    /// What went to the standard error so far.
    package var errors: String { streams.withLock { $0.errors } }

    package func write(_ text: String, to stream: OutputStream) {
        streams.withLock { streams in
            if stream == .output { streams.output += text } else { streams.errors += text }
        }
    }

    package func readLine() async throws -> String? {
        answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    package func readAll() throws -> [UInt8] {
        answers.withLock { lines in
            defer { lines = [] }
            return Array(lines.joined(separator: "\n").utf8)
        }
    }
}
