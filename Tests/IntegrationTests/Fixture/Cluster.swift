import DockerEngine
import EngineGate
import Foundation
import Testing

/// One cluster with a name of its own, a folder of its own, and the real `pgbc` to work on it.
struct Cluster: Sendable {
    let name: String
    /// The current folder of every program; configuration files go here.
    let folder: URL
    let client: DockerClient
    private let cleanUp: CleanUp

    fileprivate init(name: String, folder: URL, client: DockerClient, cleanUp: CleanUp) {
        (self.name, self.folder, self.client, self.cleanUp) = (name, folder, client, cleanUp)
    }

    /// Runs `pgbc` to its end.
    func pgbc(
        _ arguments: String...,
        in folder: URL? = nil,
        input: String = "",
        environment: [String: String] = [:],
        limit: Duration = .seconds(90)
    ) async throws -> Finished {
        try await program(arguments, in: folder, input: input, environment: environment).run(limit: limit)
    }

    /// Runs `pgbc` and requires that it succeeds.
    @discardableResult
    func succeed(_ arguments: String..., location: SourceLocation = #_sourceLocation) async throws -> Finished {
        let finished = try await program(arguments).run(limit: .seconds(90))
        try #require(finished.code == 0, "\(finished)", sourceLocation: location)
        return finished
    }

    /// Starts `pgbc` and returns at once.
    func start(_ arguments: String...) async throws -> RunningProgram { try await start(arguments) }

    func start(_ arguments: [String], environment: [String: String] = [:]) async throws -> RunningProgram {
        let running = try program(arguments, environment: environment).start()
        await cleanUp.add { running.send(SIGKILL) }
        return running
    }

    private func program(
        _ arguments: [String],
        in folder: URL? = nil,
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> Program {
        Program(
            executable: try Places.pgbc(),
            arguments: arguments,
            environment: environment,
            folder: folder ?? self.folder,
            input: input
        )
    }

    /// Writes a file into the cluster's folder.
    @discardableResult
    func write(_ text: String, to file: String) throws -> String {
        try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
        return file
    }

    /// Writes `cluster.lua` with these balancers; what it leaves out is allocated.
    @discardableResult
    func describe(_ balancers: String) throws -> String {
        try write("return cluster \"\(name)\" {\n\(balancers)\n}\n", to: "cluster.lua")
    }

    func status() async throws -> StatusView {
        let finished = try await pgbc("status", name, "--json", limit: .seconds(30))
        guard finished.code == 0 else { throw ProgramFailure(description: "\(finished)") }
        return try JSONDecoder().decode(StatusView.self, from: Data(finished.lastLine.utf8))
    }

    /// Something to be undone at the end, before all that was registered earlier.
    func onEnd(_ undo: @escaping @Sendable () async throws -> Void) async { await cleanUp.add(undo) }
}

/// What has to be undone, last first.
actor CleanUp {
    private var steps: [@Sendable () async throws -> Void] = []

    func add(_ step: @escaping @Sendable () async throws -> Void) { steps.append(step) }

    /// Does every step, also when an earlier one failed; returns what went wrong.
    func run() async -> [any Error] {
        var errors: [any Error] = []
        while let step = steps.popLast() {
            do { try await step() } catch { errors.append(error) }
        }
        return errors
    }
}

/// Runs the body with a cluster that is destroyed on every way out.
///
/// With `KEEP_ON_FAILURE` in the environment, a cluster whose test threw is left for inspection.
func withCluster(_ body: (Cluster) async throws -> Void) async throws {
    let client = try await DockerClient(address: EngineGate.address())
    let cleanUp = CleanUp()
    let letters = (0..<6).compactMap { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() }
    let name = "it" + String(letters)
    let folder = FileManager.default.temporaryDirectory.appending(path: "pgbc-\(name)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let cluster = Cluster(name: name, folder: folder, client: client, cleanUp: cleanUp)
    await cleanUp.add { await client.shutdown() }
    await cleanUp.add { try FileManager.default.removeItem(at: folder) }
    await cleanUp.add { try await cluster.removeLeftOvers() }
    await cleanUp.add { _ = try await cluster.pgbc("destroy", name, "--yes", "--break-lock") }
    do {
        try await body(cluster)
    } catch {
        if ProcessInfo.processInfo.environment["KEEP_ON_FAILURE"] == nil { _ = await cleanUp.run() }
        throw error
    }
    for error in await cleanUp.run() { Issue.record(error, "cleaning up \(name)") }
}
