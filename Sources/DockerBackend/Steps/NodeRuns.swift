internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Stops a node's container; its start-up script stops PostgreSQL with a checkpoint. It stays stopped, also when the engine restarts.
    func stopNode(_ id: Int, of name: String) async throws -> String? {
        let node = try node(id, of: name)
        let isNews = try await client.stopContainer(node.containerName)
        return isNews ? nil : "it was stopped already"
    }

    /// Stops a node's container, starts it with its newest files, and waits until PostgreSQL has a role again. The primary is
    /// restarted by the balancer's agent, which would otherwise promote a replica in the meantime; its container stays.
    /// - Throws: `.failed` with PostgreSQL's own words when it does not start with its settings.
    func restartNode(_ id: Int, of name: String) async throws -> String? {
        let balancer = try balancer(name)
        let node = try node(id, of: name)
        if balancer.driver.hasAgent, balancer.nodes.count > 1, try await controlVolume().record(of: name)?.node == id {
            try await restartInPlace(node, of: name)
        } else {
            _ = try await client.stopContainer(node.containerName)
            _ = try await start(node.containerName)
        }
        _ = try await awaitStreaming(id, of: name)
        try await requireAccepted(node, of: name)
        return nil
    }

    private func restartInPlace(_ node: NodeSpec, of name: String) async throws {
        let operation = "restart \(node.host), the primary of \(name), in place"
        do {
            _ = try await ask(
                name,
                "nodes/\(node.id)/restart",
                ["seconds": .integer(Self.restartBound)],
                operation,
                within: .seconds(Self.restartBound + 30)
            )
        } catch let refusal as AgentRefusal {
            guard refusal.code == .noRoute else { throw refusal.error }
            throw ClusterError(
                .failed,
                operation: operation,
                message: "the balancer's agent cannot do it, and would promote a replica while the primary is away",
                advice: "pgbc switchover makes another node the primary first; pgbc rolling-restart does it all"
            )
        }
    }

    /// How long PostgreSQL of a primary may take to stop and to start again, in seconds.
    private static let restartBound = 60

    /// Throws when the node runs with older settings because it did not start with those that are wanted.
    private func requireAccepted(_ node: NodeSpec, of name: String) async throws {
        guard let refusal = try await controlFile("\(name)/refused.\(node.id)").flatMap(RefusedSettings.init) else {
            return
        }
        throw ClusterError(
            .failed,
            operation: "restart \(node.host) with its settings",
            message: "PostgreSQL did not start with them, and runs with those from before",
            advice: "give them other values: pgbc configure",
            details: refusal.lines
        )
    }

    /// Throws a replica's data away and clones it anew; the start-up script does it, and takes the request away when it has begun.
    func reclone(_ id: Int, of name: String) async throws -> String? {
        let node = try node(id, of: name)
        let control = try await controlVolume()
        guard control.record(of: name)?.node != id else {
            throw ClusterError(
                .conflict,
                operation: "clone \(node.host) anew",
                message: "it is the primary: nothing is there to clone from",
                advice: "pgbc switchover makes another node the primary first"
            )
        }
        let request = "\(name)/reclone.\(id)"
        try await upload([UploadFile(request, "yes\n")], to: lock, at: ContainerPath.control)
        if try await !signal(node) { _ = try await start(node.containerName) }
        try await poll(for: "\(node.host) to begin its clone", on: node.containerName, within: .seconds(60)) {
            try await controlFile(request) == nil
        }
        _ = try await awaitStreaming(id, of: name)
        let clone = CloneProgress(client: client, container: node.containerName, report: progress)
        return await clone.hasMoved() ? await clone.amount : nil
    }

    /// A file of the control volume; `nil` when it is not there.
    private func controlFile(_ path: String) async throws -> [UInt8]? {
        try await client.downloadFile("\(ContainerPath.control)/\(path)", from: lock)
    }
}

/// What a node's start-up script wrote of settings with which PostgreSQL did not start: PostgreSQL's own first lines.
struct RefusedSettings: Sendable, Equatable {
    let lines: [String]

    /// `nil` when it is empty.
    init?(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        if lines.isEmpty { return nil }
    }

    /// On one line.
    var text: String { lines.joined(separator: "; ") }
}
