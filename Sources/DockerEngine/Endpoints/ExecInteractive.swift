import NIOCore

/// A command that runs, with input that can be written while its output is read.
public struct InteractiveExec: Sendable {
    /// The engine's ID of it.
    public let id: String
    /// Its output; the command has closed its outputs when this ends.
    public let output: EngineStream<OutputChunk>
    let input: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let client: DockerClient
    let container: String

    /// Sends input; returns when the connection has taken it.
    public func write(_ bytes: [UInt8]) async throws(EngineError) {
        do {
            try await input.write(ByteBuffer(bytes: bytes))
        } catch {
            let operation = "send input to a command in container \(container)"
            throw EngineError(error, operation: operation, address: client.address)
        }
    }

    /// Ends the input: the command reads its end. A terminal has no such end; write the key (4) instead.
    public func closeInput() {
        input.finish()
    }

    /// Sets the size of its terminal.
    public func resize(columns: Int, rows: Int) async throws(EngineError) {
        let operation = "resize the terminal of a command in container \(container)"
        var request = EngineRequest(operation: operation, method: .post, path: ["exec", id, "resize"])
        request.query = ["h": "\(rows)", "w": "\(columns)"]
        try await client.performed(request)
    }

    /// The exit code, once the output has ended.
    public func exitCode() async throws(EngineError) -> Int {
        try await client.execExitCode(id, in: container)
    }
}

extension DockerClient {
    /// Runs a command with its input connected, for as long as the body runs.
    ///
    /// The connection ends when the body returns or throws; the command may go on.
    /// - Throws: ``EngineError``, or what the body throws.
    public func withInteractiveExec<Value: Sendable>(
        _ container: String,
        _ config: ExecConfig,
        _ body: @Sendable (InteractiveExec) async throws -> Value
    ) async throws -> Value {
        let operation = execOperation(container, config)
        let id = try await createExec(container, config, attachesInput: true)
        let connection = try await transport.hijack(try startRequest(id, config, operation: operation))
        return try await connection.executeThenClose { inbound, outbound in
            let output = EngineStream(
                operation: operation,
                address: address,
                source: inbound,
                decoder: outputDecoder(config, operation)
            )
            let exec = InteractiveExec(id: id, output: output, input: outbound, client: self, container: container)
            return try await body(exec)
        }
    }

    /// Runs a command with all of its input known, and collects its output.
    func run(_ config: ExecConfig, in container: String, stdin: [UInt8]) async throws -> ExecResult {
        try await withInteractiveExec(container, config) { exec in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await exec.feed(stdin) }
                var result = ExecResult(exitCode: 0, stdout: [], stderr: [])
                for try await chunk in exec.output { result.take(chunk) }
                group.cancelAll()
                result.exitCode = try await exec.exitCode()
                return result
            }
        }
    }
}

extension InteractiveExec {
    /// Writes all of the input and ends it. A command that does not read all of it is no failure.
    fileprivate func feed(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard (try? await input.write(ByteBuffer(bytes: rest.prefix(1 << 16)))) != nil else { return }
            rest = rest.dropFirst(1 << 16)
        }
        closeInput()
    }
}
