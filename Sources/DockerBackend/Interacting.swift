internal import DockerEngine
public import Orchestration

extension DockerEngineServices {
    /// Runs a program in a container, connected to a console for as long as it runs.
    public func interact(
        _ command: [String],
        on target: Target,
        with console: any ProgramConsole
    ) async throws -> Int? {
        try await onEngine {
            let container = try await backend.container(of: target)
            let config = ExecConfig(command, environment: console.environment, tty: console.isTerminal)
            return try await client.withInteractiveExec(container, config) { try await $0.connect(to: console) }
        }
    }
}

extension InteractiveExec {
    fileprivate func connect(to console: any ProgramConsole) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed(from: console) }
            group.addTask {
                for await size in console.sizes { try? await resize(columns: size.columns, rows: size.rows) }
            }
            for try await chunk in output {
                console.write(chunk.bytes, to: chunk.stream == .stderr ? .errors : .output)
            }
            group.cancelAll()
        }
        return try await exitCode()
    }

    /// A program that does not read all of its input is no failure.
    private func feed(from console: any ProgramConsole) async throws {
        while let bytes = try await console.read() {
            guard (try? await write(bytes)) != nil else { return }
        }
        closeInput()
    }
}
