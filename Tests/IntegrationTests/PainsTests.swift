import DockerEngine
import Foundation
import Testing

/// What people suffer from in other tools, by number, and the tests that show that it cannot happen here.
private let pains: [(number: Int, pain: String, tests: [String])] = [
    (
        1, "the balancer keeps a recovered node down",
        ["a recovered replica is attached and gets reads by itself, and its death costs no write"]
    ),
    (
        2, "writes go to the old primary after a failover",
        ["when the primary is killed, writes go to the new one, and never to the old one"]
    ),
    (
        3, "split brain when the old primary restarts",
        [
            "an old primary that starts while nobody is there to stop it is no second primary",
            "a hung primary is replaced, and does not take writes when it wakes up",
            "an isolated primary is replaced, and does not take writes when it is back",
        ]
    ),
    (
        4, "no switchover in containers, because it needs SSH",
        ["a switchover fails no transaction, and there is no SSH in any container"]
    ),
    (
        5, "a switchover hangs half-way or is silently reverted",
        ["a switchover whose pgbc is killed leaves one primary that serves, and can be run again"]
    ),
    (
        6, "a failover is too slow and nobody knows why",
        ["a failover is told as a timeline, with its cause and why this node"]
    ),
    (
        7, "the old primary cannot rejoin, and rewinding is tried for ever",
        ["an old primary that cannot be rewound is cloned anew once, and its log says so"]
    ),
    (
        8, "connections are dropped for a planned restart",
        ["a planned restart drops no connection, and fails no transaction and no read"]
    ),
    (
        9, "making a replica anew is silent and endless",
        ["a replica that is cloned anew says how far it is, in bytes, and is done once"]
    ),
    (
        10, "a slot fills the disk while a replica is away",
        ["a slot is capped, and status shows what it retains while its replica is away"]
    ),
    (
        11, "major upgrades",
        ["a major upgrade keeps every row, goes back to the old data, and removes it when it is committed"]
    ),
    (
        12, "secrets in the environment; a password change is ignored",
        [
            "no secret can be seen in containers, logs, networks, volumes, or any process",
            "changed secrets let nobody in with the old ones, and sessions that are open go on",
        ]
    ),
    (
        13, "every role has to be copied to the balancer",
        ["a role made in PostgreSQL logs in through the balancer, and only with its password"]
    ),
    (
        14, "pool saturation is invisible",
        ["a pool that is full is seen, and one that PostgreSQL has no room for is refused before the start"]
    ),
    (
        15, "a deployment that broke half-way cannot be run again",
        [
            "a killed init is completed by the next init, a killed destroy by the next destroy",
            "a legacy file comes up with true replication, and a second init changes nothing",
        ]
    ),
]

/// The table above names tests that exist.
struct PainTableTests {
    @Test(arguments: pains.map(\.number))
    func `each pain has a test with a name that says so`(_ number: Int) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        let sources = try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        let row = try #require(pains.first { $0.number == number })
        for test in row.tests {
            #expect(sources.contains { $0.contains("func `\(test)`(") }, "pain \(number), \(row.pain)")
        }
    }
}

extension OnARealEngine {
    @Suite(.cluster("balancer \"lb1\" { replicas = 1 }"))
    struct PainsTests {
        /// Milliseconds after the agent was asked to, or is about to be.
        @Test(arguments: [0, 150])
        func `a switchover whose pgbc is killed leaves one primary that serves, and can be run again`(
            _ milliseconds: Int
        ) async throws {
            let cluster = try SharedCluster.running
            let before = try await cluster.becomesHealthy()
            let replica = try #require(before.nodes.first { $0.role == "replica" })
            let first = try await cluster.start("switchover", "--to", replica.node, "--json", "--cluster", cluster.name)
            try await wait(upTo: .seconds(30), until: "the switchover has begun") {
                first.output.contains(#""step.started","id":"switchover:lb1""#)
            }
            let begin = ContinuousClock.now
            try await wait(upTo: .seconds(5), until: "\(milliseconds) ms are over") {
                ContinuousClock.now - begin >= .milliseconds(milliseconds)
            }
            first.send(SIGKILL)
            #expect(try await first.finish().code == SIGKILL)

            try await wait(upTo: .seconds(90), until: "\(cluster.name) is healthy and its balancer at rest") {
                let seen = try await cluster.status()
                return seen.isHealthy && !seen.findings.contains { $0.kind == "busy" }
            }
            _ = try await cluster.balancer("lb1").run("CREATE TABLE cut_\(milliseconds) ()")
            try await cluster.succeed("switchover", "--to", replica.node, "--cluster", cluster.name)
            let after = try await cluster.becomesHealthy()
            #expect(after.nodes.first { $0.role == "primary" }?.node == replica.node, "\(after.nodes)")
        }

        @Test
        func `a failover is told as a timeline, with its cause and why this node`() async throws {
            let cluster = try SharedCluster.running
            let failed = try await failOver(cluster)
            try await cluster.client.startContainer(failed.container)
            try await cluster.becomesHealthy()
            // The story is finished a moment after the last node is back.
            try await wait(upTo: .seconds(90), until: "the failover from \(failed.node) is told to its end") {
                let told = try await cluster.succeed("history", "--cluster", cluster.name).output
                let phases = try await cluster.succeed("history", "--phases", "--cluster", cluster.name).output
                return told.contains("failover") && told.contains(failed.node)
                    && ["detected", "chosen", "promoted", "first write", "healed"].allSatisfy(phases.contains)
            }
        }

        @Test
        func `an old primary that cannot be rewound is cloned anew once, and its log says so`() async throws {
            let cluster = try SharedCluster.running
            let primary = try #require(try await cluster.becomesHealthy().nodes.first { $0.role == "primary" })
            let (clones, rewinds) = (try await told("clone: done", primary), try await told("rewind: from", primary))
            let segment = try await lastSegment(of: primary)
            let failed = try await failOver(cluster)
            #expect(failed.node == primary.node)
            try await cluster.client.upload(segment, to: primary.container, at: "/")
            try await cluster.client.startContainer(primary.container)
            try await cluster.becomesHealthy()
            #expect(try await told("clone: done", primary) == clones + 1)
            #expect(try await told("rewind: from", primary) <= rewinds + 1)
        }

        /// How often a node's log says something.
        private func told(_ text: String, _ node: StatusView.Node) async throws -> Int {
            let cluster = try SharedCluster.running
            let log = try await cluster.succeed("logs", node.node, "--cluster", cluster.name)
                .output
            return log.split(separator: "\n").count { $0.contains(text) }
        }

        /// The WAL segment that holds the last checkpoint, with nothing in it: without it neither recovery nor a rewind is possible.
        private func lastSegment(of node: StatusView.Node) async throws -> TarArchive {
            let cluster = try SharedCluster.running
            let connection = try await cluster.node(node.node)
            _ = try await connection.run("CHECKPOINT")
            let name = try await connection.value("SELECT pg_walfile_name(pg_current_wal_lsn())")
            let folder = try await connection.value("SHOW data_directory")
            let user = try await cluster.client.runExec(node.container, ["id", "-u", "postgres"]).stdoutText
            let owner = try #require(Int(user.trimmingCharacters(in: .whitespacesAndNewlines)))
            var archive = TarArchive()
            archive.addFile(
                String("\(folder)/pg_wal/\(name)".dropFirst()),
                [UInt8](repeating: 0, count: 16 << 20),
                mode: 0o600,
                uid: owner,
                gid: owner
            )
            return archive
        }

        @Test
        func `a replica that is cloned anew says how far it is, in bytes, and is done once`() async throws {
            let cluster = try SharedCluster.running
            let replica = try #require(try await cluster.becomesHealthy().nodes.first { $0.role == "replica" })
            let clones = try await self.told("clone: done", replica)
            _ = try await cluster.balancer("lb1").run(
                "CREATE TABLE ballast AS SELECT repeat(md5(i::text), 30) FROM generate_series(1, 50000) i"
            )
            let told = try await cluster.succeed(
                "rejoin",
                replica.node,
                "--reclone",
                "--yes",
                "--cluster",
                cluster.name
            )
            #expect((told.output + told.errors).contains(/\d (kB|KiB|MB|MiB)/), "\(told)")
            try await cluster.becomesHealthy()
            #expect(try await self.told("clone: done", replica) == clones + 1)
        }

        @Test
        func `a slot is capped, and status shows what it retains while its replica is away`() async throws {
            let cluster = try SharedCluster.running
            let healthy = try await cluster.becomesHealthy()
            let primary = try #require(healthy.nodes.first { $0.role == "primary" })
            let replica = try #require(healthy.nodes.first { $0.role == "replica" })
            let limit = try await cluster.node(primary.node).value("SHOW max_slot_wal_keep_size")
            #expect(limit != "-1")
            try await cluster.client.stopContainer(replica.container)
            _ = try await cluster.node(primary.node).run(
                "CREATE TABLE flood AS SELECT md5(i::text) FROM generate_series(1, 300000) i"
            )
            try await wait(upTo: .seconds(90), until: "status shows what the slot of \(replica.node) retains") {
                try await cluster.status().findings.contains { $0.kind == "wal_retained" }
            }
            try await cluster.client.startContainer(replica.container)
            try await cluster.becomesHealthy()
        }

        /// Kills the primary and waits until another one takes writes; returns the dead one.
        private func failOver(_ cluster: Cluster) async throws -> StatusView.Node {
            let before = try await cluster.becomesHealthy()
            let primary = try #require(before.nodes.first { $0.role == "primary" })
            let replica = try #require(before.nodes.first { $0.role == "replica" })
            try await cluster.client.killContainer(primary.container)
            let (balancer, node) = (try await cluster.balancer("lb1"), try await cluster.node(replica.node))
            try await wait(upTo: .seconds(90), until: "\(replica.node) takes writes through the balancer") {
                _ = try await balancer.run("CREATE TABLE IF NOT EXISTS served ()", limit: .seconds(10))
                return try await node.value("SELECT pg_is_in_recovery()") == "f"
            }
            return primary
        }
    }
}
