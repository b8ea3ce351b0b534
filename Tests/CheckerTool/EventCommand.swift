import Subprocess
import WriteChecker

/// The program that makes the event happen; each line that it prints becomes a mark.
struct EventCommand: Sendable {
    let words: [String]

    func run(during event: CheckEvent) async throws {
        let ended = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(words),
            input: .none,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            for try await line in execution.standardOutput.strings() { event.mark(line) }
        }
        event.ended(with: ended.terminationStatus.code)
    }
}

extension TerminationStatus {
    /// As a shell counts it: 128 and the signal for a program that a signal ended.
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
