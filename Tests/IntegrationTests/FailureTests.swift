import DockerEngine
import Testing
import WriteChecker

extension OnARealEngine {
    /// What fails by itself, with no pgbc running: acknowledged writes may be lost without `sync`, nothing else may.
    @Suite(.cluster("balancer \"lb1\" { replicas = 2 }"))
    struct FailureTests {
        @Test
        func `when the primary is killed, writes go to the new one, and never to the old one`() async throws {
            let checked = try await CheckedCluster.running()
            let primary = try checked.primary()
            let report = try await checked.during {
                try await checked.client.killContainer(primary.container)
                try await checked.anotherPrimaryServes()
                try await checked.client.startContainer(primary.container)
            }
            #expect(report.primaryBefore == primary.node && report.primaryAfter != primary.node)
            #expect(report.writeLanded)
            #expect(report.writes.errors["25006"] == nil, "read-only transactions: \(report.writes)")
        }

        @Test
        func `an old primary that starts while nobody is there to stop it is no second primary`() async throws {
            let checked = try await CheckedCluster.running()
            let (primary, balancer) = (try checked.primary(), try checked.balancer())
            let report = try await checked.during {
                try await checked.client.killContainer(primary.container)
                try await checked.anotherPrimaryServes()
                try await checked.client.killContainer(balancer.container)
                try await checked.client.startContainer(primary.container)
                let old = try await checked.cluster.node(primary.node)
                try await wait(upTo: .seconds(60), until: "\(primary.node) is a standby") {
                    try await old.value("SELECT pg_is_in_recovery()") == "t"
                }
                try await checked.client.startContainer(balancer.container)
            }
            #expect(report.primaryAfter != primary.node && report.twoWritable == 0, "\(report.changes)")
        }

        @Test
        func `a hung primary is replaced, and does not take writes when it wakes up`() async throws {
            let checked = try await CheckedCluster.running()
            let primary = try checked.primary()
            let report = try await checked.during {
                try await checked.cluster.pause(primary.container)
                try await checked.anotherPrimaryServes()
                try await checked.client.unpauseContainer(primary.container)
            }
            #expect(report.primaryAfter != primary.node)
        }

        @Test
        func `an isolated primary is replaced, and does not take writes when it is back`() async throws {
            let checked = try await CheckedCluster.running()
            let primary = try checked.primary()
            let report = try await checked.during {
                try await checked.isolate(primary.container) { try await checked.anotherPrimaryServes() }
            }
            #expect(report.primaryAfter != primary.node)
        }

        @Test
        func `a recovered replica is attached and gets reads by itself, and its death costs no write`() async throws {
            let checked = try await CheckedCluster.running()
            let replica = try checked.replica()
            let report = try await checked.during {
                try await checked.client.killContainer(replica.container)
                try await checked.isServedWithout(replica)
                let findings = try await checked.cluster.status().findings
                #expect(findings.contains { $0.sentence.contains(replica.node) }, "\(findings)")
                try await checked.client.startContainer(replica.container)
            }
            #expect(report.primaryAfter == report.primaryBefore)
            #expect(report.lost == 0, "\(report)")
            let through = try await checked.cluster.balancer("lb1")
            try await wait(upTo: .seconds(90), until: "\(replica.node) gets reads") {
                let selects = try await through.poolNodes().first { $0.id == replica.node_id }?.selects ?? 0
                try await through.readOverShortConnections(20)
                return try await through.poolNodes().contains { $0.id == replica.node_id && $0.selects > selects }
            }
        }

        @Test
        func `a replica that hangs costs no write and is used again when it wakes up`() async throws {
            let checked = try await CheckedCluster.running()
            let replica = try checked.replica()
            let report = try await checked.during {
                try await checked.cluster.pause(replica.container)
                try await checked.isServedWithout(replica)
                try await checked.client.unpauseContainer(replica.container)
            }
            #expect(report.primaryAfter == report.primaryBefore)
            #expect(report.lost == 0, "\(report)")
        }

        @Test
        func `a primary that hangs while a replica is cut off is replaced by the other one`() async throws {
            let checked = try await CheckedCluster.running()
            let (primary, replica) = (try checked.primary(), try checked.replica())
            let report = try await checked.during {
                try await checked.cluster.pause(primary.container)
                try await checked.isolate(replica.container) { try await checked.anotherPrimaryServes() }
                try await checked.client.unpauseContainer(primary.container)
            }
            #expect(![primary.node, replica.node].contains(report.primaryAfter), "\(report.changes)")
        }

        @Test
        func `a balancer that restarts while the primary dies has a new one chosen`() async throws {
            let checked = try await CheckedCluster.running()
            let (primary, balancer) = (try checked.primary(), try checked.balancer())
            let report = try await checked.during {
                try await checked.client.killContainer(primary.container)
                try await checked.client.restartContainer(balancer.container)
                try await checked.anotherPrimaryServes()
                try await checked.client.startContainer(primary.container)
            }
            #expect(report.primaryAfter != primary.node)
        }

        @Test
        func `a killed balancer costs no write`() async throws {
            let checked = try await CheckedCluster.running()
            let balancer = try checked.balancer()
            let report = try await checked.during {
                try await checked.client.killContainer(balancer.container)
                try await checked.client.startContainer(balancer.container)
            }
            #expect(report.primaryAfter == report.primaryBefore)
            #expect(report.lost == 0, "\(report)")
        }

        @Test
        func `a primary and a replica killed at once: the last node serves, both come back`() async throws {
            let checked = try await CheckedCluster.running()
            let (primary, replica) = (try checked.primary(), try checked.replica())
            let report = try await checked.during {
                try await checked.client.killContainer(primary.container)
                try await checked.client.killContainer(replica.container)
                try await checked.anotherPrimaryServes()
                try await checked.client.startContainer(primary.container)
                try await checked.client.startContainer(replica.container)
            }
            let third = try #require(
                checked.before.nodes.first { ![primary.node, replica.node].contains($0.node) }
            )
            #expect(report.primaryAfter == third.node)
        }
    }

    /// With synchronous replication no acknowledged write is lost, whatever single thing fails.
    @Suite(.cluster("balancer \"lb1\" { replicas = 2, sync = 1 }"))
    struct FailureWithSyncTests {
        @Test(arguments: [true, false])
        func `with sync = 1 no acknowledged write is lost when the primary dies or hangs`(_ dies: Bool) async throws {
            let checked = try await CheckedCluster.running()
            let primary = try checked.primary()
            let report = try await checked.during {
                if dies {
                    try await checked.client.killContainer(primary.container)
                    try await checked.anotherPrimaryServes()
                    try await checked.client.startContainer(primary.container)
                } else {
                    try await checked.cluster.pause(primary.container)
                    try await checked.anotherPrimaryServes()
                    try await checked.client.unpauseContainer(primary.container)
                }
            }
            #expect(report.primaryAfter != primary.node)
            #expect(report.lost == 0, "\(report)")
        }
    }
}
