import DockerEngine
import EngineGate
import Foundation
import Testing

/// Names and labels of one test's own, all removed when the test ends.
///
/// With `KEEP_ON_FAILURE` in the environment, what a failed test made is left for inspection.
struct EngineFixture: Sendable {
    static let image = "debian:bookworm-slim"
    static let label = "docker-engine-tests"

    let client: DockerClient
    /// Unique to the test.
    let prefix: String
    var labels: [String: String] { [Self.label: prefix] }
    var mine: [String: String?] { [Self.label: prefix] }

    func name(_ name: String) -> String { "\(prefix)-\(name)" }

    /// A container that stays up until it is told to stop, and then ends at once.
    func config(_ script: String = "sleep 600 & wait", mounts: [Mount] = []) -> ContainerConfig {
        var config = ContainerConfig(image: Self.image)
        config.command = ["bash", "-c", "trap 'exit 0' TERM; \(script)"]
        config.labels = labels
        config.mounts = mounts
        return config
    }

    /// Creates and starts a container.
    func run(_ name: String, _ config: ContainerConfig) async throws -> String {
        let id = try await client.createContainer(self.name(name), config)
        try await client.startContainer(id)
        return id
    }

    /// Freezes a container; runc gives up on one whose programs start others meanwhile, and leaves it to the caller to try again.
    func pause(_ id: String) async throws {
        for attempt in 1... {
            do throws(EngineError) {
                return try await client.pauseContainer(id)
            } catch {
                guard error.code == .serverError, attempt < 20 else { throw error }
            }
        }
    }

    /// Waits until the container's first process catches SIGTERM: before that it would be ignored.
    func minds(_ id: String) async throws {
        let look = "until (( 0x$(awk '/^SigCgt/ { print $2 }' /proc/1/status) & 0x4000 )); do sleep 0.01; done"
        let found = try await client.runExec(id, ["timeout", "30", "bash", "-c", look])
        #expect(found.exitCode == 0, "\(found.stderrText)")
    }

    fileprivate func removeAll() async throws {
        for container in try await client.listContainers(labels: mine) {
            try await client.removeContainer(container.id, force: true, volumes: true)
        }
        for network in try await client.listNetworks(labels: mine) { try await client.removeNetwork(network.id) }
        for volume in try await client.listVolumes(labels: mine) { try await client.removeVolume(volume.name) }
        for image in try await client.listImages() where image.tags.contains(where: { $0.hasPrefix(prefix) }) {
            for tag in image.tags where tag.hasPrefix(prefix) { try await client.removeImage(tag, force: true) }
        }
    }
}

/// Runs the body with a fixture and cleans up on every way out.
func withEngine(_ body: @Sendable (EngineFixture) async throws -> Void) async throws {
    let client = try await DockerClient(address: EngineGate.address())
    let fixture = EngineFixture(client: client, prefix: "det-\(UUID().uuidString.prefix(8).lowercased())")
    do {
        try await body(fixture)
    } catch {
        if ProcessInfo.processInfo.environment["KEEP_ON_FAILURE"] == nil { try? await fixture.removeAll() }
        await client.shutdown()
        throw error
    }
    try await fixture.removeAll()
    await client.shutdown()
}
