import DockerEngine
import Testing
import WriteChecker

extension CheckedCluster {
    /// Looks at the data of every node, in its own container: all pages by their checksums (a base backup reads them),
    /// tables and indexes by pg_amcheck, the timeline of pg_control, and the dumps of all nodes, which have to be equal.
    func dataFilesAreSound(location: SourceLocation) async throws {
        let nodes = try await cluster.becomesHealthy().nodes.sorted { $0.role == "primary" && $1.role != "primary" }
        let primary = try #require(nodes.first)
        let connection = try await cluster.node(primary.node)
        _ = try await connection.run("CREATE EXTENSION IF NOT EXISTS amcheck; CHECKPOINT")
        let end = try await connection.value("SELECT pg_current_wal_lsn()")
        var expected: String?
        for node in nodes {
            if node.node != primary.node { try await hasReplayed(node, upTo: end) }
            let found = try await client.runExec(node.container, ["sh", "-c", Self.look])
            #expect(
                found.exitCode == 0,
                "\(node.node): \(found.stdoutText)\(found.stderrText)",
                sourceLocation: location
            )
            #expect(
                found.stdoutText == expected ?? found.stdoutText,
                "\(node.node) is not \(primary.node)",
                sourceLocation: location
            )
            expected = found.stdoutText
        }
    }

    private func hasReplayed(_ node: StatusView.Node, upTo end: String) async throws {
        let replica = try await cluster.node(node.node)
        try await wait(upTo: .seconds(90), until: "\(node.node) has replayed \(end)") {
            try await replica.value("SELECT pg_last_wal_replay_lsn() >= '\(end)'") == "t"
        }
        // Its pg_control tells the timeline of the last checkpoint.
        _ = try await replica.run("CHECKPOINT")
    }

    /// Prints the timeline and digests of the dumps. A sequence is logged some numbers ahead, so that it stands elsewhere
    /// on a replica.
    private static let look = """
        set -eu
        for bin in /usr/lib/postgresql/*/bin; do PATH=$bin:$PATH; done
        export PGHOST=/var/run/postgresql PGUSER=postgres PGPASSFILE=/dev/shm/pgbc/replication
        pg_basebackup -d 'host=127.0.0.1 user=pgbc_replicator' -c fast -X none -F tar -D - >/dev/null
        pg_amcheck --heapallindexed postgres
        pg_controldata -D /var/lib/postgresql/15/data | grep 'Latest checkpoint.s TimeLineID'
        for database in postgres testdb; do
            pg_dump "$database" | grep -vE '^--|pg_catalog[.]setval|^.(un)?restrict ' | sha256sum
        done
        """
}
