internal import Foundation
internal import Orchestration
internal import Subprocess
internal import SystemPackage

/// A program of this machine that a script starts.
struct HostProgram: Sendable {
    /// Its name, looked up on the path, or its path.
    let name: String
    let arguments: [String]
    let input: String
    let folder: String

    /// In bytes, of each of the two streams that it prints.
    private static let outputLimit = 64 << 20

    /// Runs it to its end. A cancelled run ends it: SIGTERM, and SIGKILL three seconds later.
    func run() async throws -> CommandResult {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        do {
            let ended = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name),
                arguments: Arguments(arguments),
                workingDirectory: FilePath(folder),
                platformOptions: options,
                input: .fileDescriptor(try inputFile(), closeAfterSpawningProcess: true),
                output: .bytes(limit: Self.outputLimit),
                error: .bytes(limit: Self.outputLimit)
            )
            try Task.checkCancellation()
            return CommandResult(
                exitCode: ended.terminationStatus.exitCode,
                output: String(decoding: ended.standardOutput, as: UTF8.self),
                errors: String(decoding: ended.standardError, as: UTF8.self)
            )
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw failure(error)
        }
    }

    private func failure(_ error: SubprocessError) -> ClusterError {
        let advice =
            switch error.code {
            case .executableNotFound: "is it installed, and on the path?"
            case .outputLimitExceeded: "it printed more than \(Self.outputLimit >> 20) MiB: let it write a file"
            default: nil as String?
            }
        return ClusterError(.failed, operation: "run \(name)", message: "\(error)", advice: advice)
    }

    /// What the program reads: a file without a name, because a pipe that the program does not read to its end would
    /// end pgbc with SIGPIPE.
    private func inputFile() throws -> FileDescriptor {
        let place = FileManager.default.temporaryDirectory.appending(path: "pgbc-input-\(UUID().uuidString)").path
        let file = try FileDescriptor.open(
            FilePath(place),
            .readWrite,
            options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite
        )
        do {
            try FileManager.default.removeItem(atPath: place)
            try file.writeAll(input.utf8)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }
}

extension TerminationStatus {
    /// As a shell counts it: 128 and the signal for a program that a signal ended.
    fileprivate var exitCode: Int {
        switch self {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }
}
