import DockerEngine
import EngineGate
import Foundation
import Testing

/// A program of `Tests/EnginePeers` that listens on a port of loopback until the test is over.
struct Peer: Sendable {
    let port: Int
    private let program: RunningProgram

    /// Starts it and returns once it listens.
    init(_ script: String, _ arguments: [String], for cluster: Cluster) async throws {
        program = try Program(
            executable: try Places.program("python3", package: "python3"),
            arguments: [Self.place(script), try Self.engineSocket()] + arguments,
            folder: cluster.folder
        ).start()
        await cluster.onEnd { [program] in program.send(SIGTERM) }
        try await program.hasWritten(lines: 1, within: .seconds(60))
        port = try #require(Int(program.output.prefix { $0.isNumber }), "\(script) did not start: \(program.errors)")
    }

    static func place(_ file: String, filePath: String = #filePath) -> String {
        URL(filePath: filePath).deletingLastPathComponent().appending(path: "../../EnginePeers/\(file)").standardized
            .path()
    }

    /// Where the real engine listens; these peers stand beside it.
    private static func engineSocket() throws -> String {
        let address = try EngineGate.address().description
        return try #require(
            address.hasPrefix("unix://") ? String(address.dropFirst(7)) : nil,
            "\(address) is no socket"
        )
    }
}
