/// A command that runs, without input.
public struct RunningExec: Sendable {
    /// The engine's ID of it.
    public let id: String
    /// Its output; the command has ended when this does.
    public let output: EngineStream<OutputChunk>
    let client: DockerClient
    let container: String

    /// The exit code, once the output has ended.
    public func exitCode() async throws(EngineError) -> Int {
        try await client.execExitCode(id, in: container)
    }
}

extension DockerClient {
    /// Runs a command in a running container and collects its output.
    ///
    /// The engine cannot end a command: one that outlives the limit, or the cancelled task, goes on in the container.
    /// - Parameters:
    ///   - stdin: Its whole input; nil for none.
    ///   - limit: The time for all of it.
    /// - Throws: `.notFound` and `.conflict` when the container does not exist, or does not run; `.timedOut`.
    public func runExec(
        _ container: String,
        _ command: [String],
        user: String? = nil,
        environment: [String: String] = [:],
        stdin: [UInt8]? = nil,
        limit: Duration = .seconds(60)
    ) async throws(EngineError) -> ExecResult {
        let config = ExecConfig(command, user: user, environment: environment)
        do {
            return try await within(limit) {
                guard let stdin else { return try await run(config, in: container) }
                return try await run(config, in: container, stdin: stdin)
            }
        } catch {
            throw EngineError(error, operation: execOperation(container, config), address: address)
        }
    }

    /// Starts a command in a running container and hands out its output as it arrives.
    public func streamExec(_ container: String, _ config: ExecConfig) async throws(EngineError) -> RunningExec {
        let operation = execOperation(container, config)
        let id = try await createExec(container, config, attachesInput: false)
        let request = try startRequest(id, config, operation: operation)
        let output = try await streamed(request, outputDecoder(config, operation))
        return RunningExec(id: id, output: output, client: self, container: container)
    }

    private func run(_ config: ExecConfig, in container: String) async throws -> ExecResult {
        let exec = try await streamExec(container, config)
        var result = ExecResult(exitCode: 0, stdout: [], stderr: [])
        for try await chunk in exec.output { result.take(chunk) }
        result.exitCode = try await exec.exitCode()
        return result
    }

    func createExec(
        _ container: String,
        _ config: ExecConfig,
        attachesInput: Bool
    ) async throws(EngineError) -> String {
        struct Created: Decodable {
            var Id: String
        }
        let operation = execOperation(container, config)
        var request = self.container(operation, .post, [container, "exec"])
        request.body = try .json(ExecCreation(config: config, attachesInput: attachesInput), operation: operation)
        let created: Created = try await decoded(request)
        return created.Id
    }

    func startRequest(_ id: String, _ config: ExecConfig, operation: String) throws(EngineError) -> EngineRequest {
        var request = EngineRequest(operation: operation, method: .post, path: ["exec", id, "start"])
        request.body = try .json(ExecStart(tty: config.tty), operation: operation)
        return request
    }

    func outputDecoder(_ config: ExecConfig, _ operation: String) -> any ChunkDecoder<OutputChunk> {
        if config.tty { return RawDecoder() }
        return FrameDecoder(operation: operation)
    }

    func execOperation(_ container: String, _ config: ExecConfig) -> String {
        "run \(config.command.first ?? "nothing") in container \(container)"
    }

    /// The exit code of a command whose output has ended; the engine can need a moment more to notice the end.
    func execExitCode(_ id: String, in container: String) async throws(EngineError) -> Int {
        let operation = "read the exit code of a command in container \(container)"
        let request = EngineRequest(operation: operation, method: .get, path: ["exec", id, "json"])
        do {
            return try await within(.seconds(10)) {
                while true {
                    let state: ExecState = try await decoded(request)
                    if !state.isRunning, let exitCode = state.exitCode { return exitCode }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        } catch {
            throw EngineError(error, operation: operation, address: address)
        }
    }
}

extension ExecResult {
    mutating func take(_ chunk: OutputChunk) {
        switch chunk.stream {
        case .stdout: stdout += chunk.bytes
        case .stderr: stderr += chunk.bytes
        }
    }
}
