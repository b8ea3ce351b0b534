import DockerEngine
import Foundation
import Testing

/// All that the engine holds of a cluster, by name.
struct Holdings: Equatable, CustomStringConvertible {
    /// Containers with their identifiers.
    var containers: [String: String]
    var networks: Set<String>
    var volumes: Set<String>

    var isEmpty: Bool { containers.isEmpty && networks.isEmpty && volumes.isEmpty }
    var description: String {
        "containers \(containers.keys.sorted()), networks \(networks.sorted()), volumes \(volumes.sorted())"
    }
}

extension Cluster {
    var label: [String: String?] { ["pgbc.cluster": name] }

    /// What carries the cluster's label.
    func holdings() async throws -> Holdings {
        let containers = try await client.listContainers(labels: label)
        return Holdings(
            containers: Dictionary(containers.map { ($0.name, $0.id) }) { first, _ in first },
            networks: Set(try await client.listNetworks(labels: label).map(\.name)),
            volumes: Set(try await client.listVolumes(labels: label).map(\.name))
        )
    }

    /// Removes what `pgbc destroy` left, if it left anything.
    func removeLeftOvers() async throws {
        for container in try await client.listContainers(labels: label) {
            try await client.removeContainer(container.id, force: true, volumes: true)
        }
        for network in try await client.listNetworks(labels: label) { try await client.removeNetwork(network.id) }
        for volume in try await client.listVolumes(labels: label) { try await client.removeVolume(volume.name) }
    }

    /// Freezes a container until it is woken; wakes it at the end of the test. On cgroup v1, runc gives up on a container whose
    /// programs start others all the while, thaws it, and leaves it to the caller to try again (opencontainers/runc#2791).
    func pause(_ container: String) async throws {
        await onEnd { try? await client.unpauseContainer(container) }
        try await wait(upTo: .seconds(20), until: "\(container) is paused") {
            if try await client.inspectContainer(container).state.status == .paused { return true }
            try await client.pauseContainer(container)
            return true
        }
    }

    /// A secret of the cluster, read from its control volume through a container.
    func secret(_ secret: String) async throws -> String {
        let container = try #require(try await client.listContainers(labels: label).first, "\(name) has no container")
        let bytes = try await client.downloadFile("/pgbc/control/secrets/\(secret)", from: container.id)
        return String(decoding: try #require(bytes, "\(name) has no secret \(secret)"), as: UTF8.self)
    }

    /// Waits until each balancer has one primary, every other node streams, and the balancer holds all of them up.
    @discardableResult
    func becomesHealthy() async throws -> StatusView {
        try await becomes("one primary, and all else streams and is attached") { $0.isHealthy }
    }

    /// Waits until it is healthy and there is nothing to say about it: a node that answers too late for a moment is a finding.
    @discardableResult
    func becomesWell() async throws -> StatusView { try await becomes("nothing that status tells of") { $0.isWell } }

    private func becomes(_ what: String, _ isSo: (StatusView) -> Bool) async throws -> StatusView {
        var last: StatusView?
        do {
            try await wait(upTo: .seconds(90), until: "\(name) has \(what)") {
                let seen = try await status()
                last = seen
                return isSo(seen)
            }
        } catch let error as WaitExpired {
            throw ProgramFailure(
                description: "\(error)\n\(last.map { "\($0.findings.map(\.sentence)) \($0.nodes)" } ?? "")"
            )
        }
        return try #require(last)
    }
}
