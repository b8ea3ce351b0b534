import DockerEngine
import Foundation

/// What a cluster is on the engine, on its control volume and in PostgreSQL, as far as nothing but a change changes it.
struct Footprint: Equatable {
    /// A line for each fact; what differs is told by lines.
    private(set) var facts: Set<String> = []

    /// Lines that are only here, and lines that are only there.
    func differences(from other: Footprint) -> [String] {
        facts.subtracting(other.facts).map { "is: \($0)" }.sorted()
            + other.facts.subtracting(facts).map { "was: \($0)" }.sorted()
    }

    /// Of a healthy cluster in which nobody works.
    init(of cluster: Cluster) async throws {
        try await addEngine(cluster)
        try await addControlVolume(cluster)
        for node in try await cluster.status().nodes {
            let connection = try await cluster.node(node.node)
            facts.formUnion(try await connection.run(Self.questions).map { "\(node.node): \($0)" })
        }
    }

    private mutating func addEngine(_ cluster: Cluster) async throws {
        let client = cluster.client
        for container in try await client.listContainers(labels: cluster.label) {
            let details = try await client.inspectContainer(container.id)
            let state = details.state
            facts.insert(
                "container \(details.name) \(details.id) \(details.image) \(state.status) process \(state.pid) since "
                    + "\(state.startedAt), restarted \(details.restartCount) times, labels \(details.labels.sorted { $0.key < $1.key })"
            )
        }
        for network in try await client.listNetworks(labels: cluster.label) {
            facts.insert("network \(network.name) \(network.id)")
        }
        for volume in try await client.listVolumes(labels: cluster.label) { facts.insert("volume \(volume.name)") }
    }

    private mutating func addControlVolume(_ cluster: Cluster) async throws {
        let container = try await cluster.client.listContainers(labels: cluster.label).first { $0.state == .running }
        guard let container else { return }
        let archive = try TarArchive(bytes: try await cluster.client.download("/pgbc/control", from: container.id))
        for entry in archive.entries {
            facts.insert("\(entry.path) \(entry.kind) \(String(entry.mode, radix: 8)) \(entry.contents.hashValue)")
        }
    }

    /// Settings and when they were read; who streams, and since when; what there is, and the next transaction's number.
    private static let questions = """
        SELECT name, setting, pending_restart FROM pg_settings WHERE name NOT LIKE 'transaction%';
        SELECT 'started', pg_postmaster_start_time(), pg_conf_load_time(), pg_is_in_recovery();
        SELECT 'sends to', application_name, pid, backend_start, state, sync_state FROM pg_stat_replication;
        SELECT 'slot', slot_name, active_pid FROM pg_replication_slots;
        SELECT 'relation', oid, relname, relfilenode FROM pg_class WHERE oid >= 16384;
        SELECT 'role', oid, rolname, rolpassword FROM pg_authid;
        SELECT 'row', * FROM kept;
        SELECT 'next', pg_snapshot_xmax(pg_current_snapshot());
        """
}
