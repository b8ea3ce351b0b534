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

/// A program that runs. What it reads and writes are files, so that nothing is lost when it is killed.
final class RunningProgram: Sendable {
    let command: String
    /// The process's number.
    let identifier: Int32
    private let streams: Streams
    private let code = Mutex<Int32?>(nil)
    private let begin = ContinuousClock.now

    fileprivate init(_ program: Program) throws {
        command = ([program.executable] + program.arguments).joined(separator: " ")
        streams = try Streams(input: program.input)
        identifier = try Spawn(program, streams: streams).start()
    }

    deinit { streams.remove() }

    var output: String { streams.text(.output) }
    var errors: String { streams.text(.errors) }

    /// Whether it has ended; asks the system until it has.
    private var hasEnded: Bool {
        code.withLock { code in
            var status: Int32 = 0
            if code == nil, waitpid(identifier, &status, WNOHANG) == identifier {
                code = status & 0x7f == 0 ? (status >> 8) & 0xff : status & 0x7f
            }
            return code != nil
        }
    }

    var isRunning: Bool { !hasEnded }

    /// Waits for its end.
    func finish(within limit: Duration = .seconds(60)) async throws -> Finished {
        do {
            try await wait(upTo: limit, until: "\(command) ends") { hasEnded }
        } catch {
            send(SIGKILL)
            throw ProgramFailure(description: "\(error)\nstandard output:\n\(output)\nstandard error:\n\(errors)")
        }
        return Finished(
            command: command,
            code: code.withLock { $0 ?? -1 },
            output: output,
            errors: errors,
            seconds: (ContinuousClock.now - begin) / .seconds(1)
        )
    }

    /// Waits until it has written so many lines to its standard output; returns early when it ends before that.
    func hasWritten(lines: Int, within limit: Duration = .seconds(30)) async throws {
        try await wait(upTo: limit, until: "\(command) has written \(lines) lines") {
            hasEnded || output.utf8.count { $0 == UInt8(ascii: "\n") } >= lines
        }
    }

    /// Waits until it has written this to its standard error.
    func hasTold(_ words: String, within limit: Duration = .seconds(60)) async throws {
        try await wait(upTo: limit, until: "\(command) says \(words)") { hasEnded || errors.contains(words) }
        guard errors.contains(words) else {
            throw ProgramFailure(description: "\(command) ended without \(words):\n\(errors)")
        }
    }

    func send(_ signal: Int32) {
        guard !hasEnded else { return }
        kill(identifier, signal)
    }
}

/// The three standard streams of a program, each a file in a folder of their own.
struct Streams: Sendable {
    enum Name: String { case input, output, errors }

    private let folder: URL

    init(input: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pgbc-streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(input.utf8).write(to: file(.input))
        for name in [Name.output, .errors] { try Data().write(to: file(name)) }
    }

    func text(_ name: Name) -> String {
        guard let data = try? Data(contentsOf: file(name)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func file(_ name: Name) -> URL { folder.appending(path: name.rawValue) }
}
