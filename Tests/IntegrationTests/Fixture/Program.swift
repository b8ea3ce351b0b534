import Foundation
import Synchronization

/// A program to run, as a user would type it.
struct Program: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String] = [:]
    var folder: URL
    /// What it reads from its standard input.
    var input = ""

    /// Runs it to its end; kills it when it takes longer than the limit, and says what it had written by then.
    func run(limit: Duration) async throws -> Finished {
        let running = try start()
        return try await running.finish(within: limit)
    }

    /// Starts it and returns at once.
    func start() throws -> RunningProgram { try RunningProgram(self) }
}

/// What a program wrote and how it ended.
struct Finished: Sendable, CustomStringConvertible {
    let command: String
    let code: Int32
    let output: String
    let errors: String
    let seconds: Double

    /// The last line of what it wrote to its standard output.
    var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }

    var description: String {
        "\(command)\nended with \(code) after \(seconds) s\nstandard output:\n\(output)\nstandard error:\n\(errors)"
    }
}

/// A program that did not do what was expected of it in time.
struct ProgramFailure: Error, CustomStringConvertible {
    let description: String
}

/// A program that runs; its output is collected line by line.
final class RunningProgram: Sendable {
    /// What has been seen so far.
    private struct Seen {
        var output = Data()
        var errors = Data()
        var open = 2
        var code: Int32?
        var lines: Int { output.count { $0 == UInt8(ascii: "\n") } }
        var hasEnded: Bool { open == 0 && code != nil }
    }

    private let process = Process()
    private let seen = Mutex(Seen())
    private let begin = ContinuousClock.now
    let command: String

    fileprivate init(_ program: Program) throws {
        command = ([program.executable] + program.arguments).joined(separator: " ")
        let (output, errors, input) = (Pipe(), Pipe(), Pipe())
        process.executableURL = URL(filePath: program.executable)
        process.arguments = program.arguments
        process.currentDirectoryURL = program.folder
        process.environment = ProcessInfo.processInfo.environment.merging(program.environment) { $1 }
        (process.standardOutput, process.standardError, process.standardInput) = (output, errors, input)
        collect(output) { $0.output.append($1) }
        collect(errors) { $0.errors.append($1) }
        process.terminationHandler = { [weak self] process in
            self?.seen.withLock { $0.code = process.terminationStatus }
        }
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(program.input.utf8))
        try input.fileHandleForWriting.close()
    }

    var identifier: Int32 { process.processIdentifier }
    var output: String { seen.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var errors: String { seen.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// Waits for its end.
    func finish(within limit: Duration = .seconds(60)) async throws -> Finished {
        do {
            try await wait(upTo: limit, until: "\(command) ends") { seen.withLock(\.hasEnded) }
        } catch {
            send(SIGKILL)
            throw ProgramFailure(description: "\(error)\nstandard output:\n\(output)\nstandard error:\n\(errors)")
        }
        return Finished(
            command: command,
            code: seen.withLock { $0.code ?? -1 },
            output: output,
            errors: errors,
            seconds: (ContinuousClock.now - begin) / .seconds(1)
        )
    }

    /// Waits until it has written so many lines to its standard output; returns early when it ends before that.
    func hasWritten(lines: Int, within limit: Duration = .seconds(30)) async throws {
        try await wait(upTo: limit, until: "\(command) has written \(lines) lines") {
            seen.withLock { $0.lines >= lines || $0.hasEnded }
        }
    }

    func send(_ signal: Int32) {
        guard seen.withLock({ $0.code == nil }) else { return }
        kill(process.processIdentifier, signal)
    }

    private func collect(_ pipe: Pipe, into store: @escaping @Sendable (inout Seen, Data) -> Void) {
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.seen.withLock { seen in
                if data.isEmpty { seen.open -= 1 } else { store(&seen, data) }
            }
        }
    }
}
