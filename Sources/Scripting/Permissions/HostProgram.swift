internal import Dispatch
internal import Foundation
internal import Orchestration
internal import Synchronization

/// A program of this machine that a script starts.
struct HostProgram: Sendable {
    /// Its name, looked up on the path, or its path; and its arguments.
    let command: [String]
    let input: String
    let folder: String

    private static let threads = DispatchQueue(label: "pgbc.program", attributes: .concurrent)

    /// Runs it to its end; a cancelled run ends it.
    func run() async throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--"] + command
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
        process.standardInput = pipes.input
        process.standardOutput = pipes.output
        process.standardError = pipes.errors
        let handle = RunningProgram(process)
        do {
            try process.run()
        } catch {
            throw ClusterError(.failed, operation: "run \(command[0])", message: error.localizedDescription)
        }
        return try await withTaskCancellationHandler {
            let input = Data(input.utf8)
            async let output = Self.onThread { pipes.output.fileHandleForReading.readDataToEndOfFile() }
            async let errors = Self.onThread { pipes.errors.fileHandleForReading.readDataToEndOfFile() }
            async let fed = Self.onThread {
                try? pipes.input.fileHandleForWriting.write(contentsOf: input)
                try? pipes.input.fileHandleForWriting.close()
            }
            let (printed, complained, _) = await (output, errors, fed)
            let code = await Self.onThread { handle.wait() }
            try Task.checkCancellation()
            return CommandResult(
                exitCode: Int(code),
                output: String(decoding: printed, as: UTF8.self),
                errors: String(decoding: complained, as: UTF8.self)
            )
        } onCancel: {
            handle.stop()
        }
    }

    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in threads.async { continuation.resume(returning: work()) } }
    }
}

/// A started program, which one thread waits for while another may stop it.
private final class RunningProgram: Sendable {
    private let process: Process

    init(_ process: Process) { self.process = process }

    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    func stop() { if process.isRunning { process.terminate() } }
}
