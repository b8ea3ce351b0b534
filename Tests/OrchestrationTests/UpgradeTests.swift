import ClusterModel
import Orchestration
import Simulation
import Testing

@Suite struct `A major upgrade` {
    private func images(_ ground: Ground) async throws -> [String?] {
        try await ground.balancer().nodes.map(\.spec.image)
    }

    @Test func `gives every node the new image, and keeps the old data until it is committed`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        #expect(try await images(ground) == ["postgres:17", "postgres:17", "postgres:17"])
        #expect(try await ground.balancer().upgrade?.phase == .complete)
        #expect(try await ground.balancer().nodes.allSatisfy { $0.postgres?.version == "17" })
        try await ground.orchestrator.commitUpgrade("lb1", of: "shop")
        #expect(try await ground.balancer().upgrade == nil)
        await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.undoUpgrade("lb1", of: "shop")
        }
    }

    @Test func `goes back to the old images and the old primary`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        try await ground.orchestrator.switchover("lb1", of: "shop", to: "replica1")
        try await ground.orchestrator.undoUpgrade("lb1", of: "shop")
        #expect(try await images(ground) == Array(repeating: Topology.defaultNodeImage, count: 3))
        #expect(try await ground.primary() == "primary")
        #expect(try await ground.balancer().replicas.allSatisfy { $0.postgres?.isStreaming == true })
        #expect(try await ground.balancer().upgrade == nil)
        #expect(try await ground.backend.observe("shop", depth: .full).topology == .sample(replicas: 2))
    }

    @Test func `is taken back when the data cannot be upgraded`() async throws {
        let ground = try await Ground(failing: ["data:lb1"])
        let failure = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        }
        #expect(failure?.message.contains("PostgreSQL 15 runs again") == true, "\(String(describing: failure))")
        #expect(try await images(ground) == Array(repeating: Topology.defaultNodeImage, count: 3))
        #expect(try await ground.balancer().upgrade == nil)
        #expect(try await ground.primary() == "primary")
    }

    @Test func `tells why it failed also when it cannot be taken back`() async throws {
        let ground = try await Ground(failing: ["data:lb1", "undo:lb1"])
        let failure = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        }
        let message = try #require(failure?.message)
        #expect(message.contains("it failed: upgrade the data of primary from PostgreSQL 15 to 17: "), "\(message)")
        #expect(
            message.contains("and taking it back failed: remove the data of PostgreSQL 17 from the nodes of lb1: "),
            "\(message)"
        )
        #expect(failure?.advice?.hasSuffix("pgbc upgrade --rollback goes on taking it back") == true)
        await ground.backend.mend()
        try await ground.orchestrator.undoUpgrade("lb1", of: "shop")
        #expect(try await ground.balancer().upgrade == nil)
    }

    @Test func `is not taken back once clients may have written, and the next command goes on`() async throws {
        let ground = try await Ground(failing: ["create:shop_replica1"])
        let failure = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        }
        #expect(
            failure?.message.contains("PostgreSQL 17 has accepted writes") == true,
            "\(String(describing: failure))"
        )
        #expect(try await ground.balancer().upgrade?.phase == .serving)
        await ground.backend.mend()
        try await ground.orchestrator.apply(.asLastAsked, to: "shop", prune: true)
        #expect(try await images(ground) == ["postgres:17", "postgres:17", "postgres:17"])
        #expect(try await ground.balancer().upgrade?.phase == .complete)
    }

    @Test func `is refused to an older version, and twice without a decision about the first`() async throws {
        let ground = try await Ground()
        let older = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:14")
        }
        #expect(older?.message.contains("only a later version can read its data") == true)
        #expect(older?.code == .conflict)
        try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:16")
        let second = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17")
        }
        #expect(second?.advice == "pgbc upgrade --commit, or --rollback")
    }

    @Test func `does not happen by a file that names another image`() async throws {
        let ground = try await Ground()
        var topology = Topology.sample(replicas: 2)
        topology.image = "postgres:17"
        let wanted = topology
        let failure = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.apply(wanted, prune: false)
        }
        #expect(
            failure?.details == [
                "image: lb1 holds data of PostgreSQL 15, and postgres:17 is PostgreSQL 17; "
                    + "pgbc upgrade --image postgres:17 takes the data there"
            ]
        )
        #expect(try await images(ground) == Array(repeating: Topology.defaultNodeImage, count: 3))
    }
}

/// A record that this pgbc cannot read tells that there is an upgrade, and not how far it is.
@Suite struct `An upgrade whose record cannot be read` {
    private func ground() async throws -> Ground {
        let ground = try await Ground()
        try await ground.disturb { $0.upgradeIsUnreadable = true }
        return ground
    }

    @Test func `is a finding that says what to do`() async throws {
        let observed = try await ground().backend.observe("shop", depth: .full)
        let finding = try #require(observed.findings.first { $0.kind == "upgrade_unreadable" })
        #expect(finding.advice?.contains("pgbc exec primary sh -c ': >/pgbc/control/lb1/upgrade.json'") == true)
    }

    @Test func `lets no other begin, and none be committed or taken back`() async throws {
        let ground = try await ground()
        for attempt: @Sendable () async throws -> Plan in [
            { try await ground.orchestrator.upgrade("lb1", of: "shop", to: "postgres:17") },
            { try await ground.orchestrator.undoUpgrade("lb1", of: "shop") },
            { try await ground.orchestrator.commitUpgrade("lb1", of: "shop") },
        ] {
            let error = await #expect(throws: ClusterError.self) { try await attempt() }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("how far a major upgrade of lb1 is cannot be told") == true)
            #expect(error?.advice?.contains("the pgbc that wrote it") == true)
        }
    }

    @Test func `lets no node be made anew, added or taken away`() async throws {
        let ground = try await ground()
        var another = Topology.sample(replicas: 2)
        another.image = "postgres:15.20"
        let steps = await ground.backend.performed
        for wanted in [another, .sample(replicas: 3), .sample(replicas: 1)] {
            let planned = await #expect(throws: ClusterError.self) {
                try await ground.orchestrator.plan(for: wanted, prune: true)
            }
            let applied = await #expect(throws: ClusterError.self) {
                try await ground.orchestrator.apply(wanted, prune: true)
            }
            #expect(planned?.code == .conflict)
            #expect(applied?.message.contains("how far a major upgrade of lb1 is cannot be told") == true)
        }
        await #expect(throws: ClusterError.self) { try await ground.orchestrator.scale("lb1", of: "shop", to: 3) }
        await #expect(throws: ClusterError.self) { try await ground.orchestrator.replace(ground.target("replica1")) }
        #expect(await ground.backend.performed == steps)
    }

    @Test func `keeps repairs away from its nodes`() async throws {
        let ground = try await ground()
        try await ground.disturb { $0.nodes[1].container = nil }
        #expect(try await ground.orchestrator.repair("shop").isEmpty)
    }

    @Test func `does not stand in the way of what leaves the data where it is`() async throws {
        let ground = try await ground()
        try await ground.orchestrator.switchover("lb1", of: "shop", to: "replica1")
        try await ground.orchestrator.apply(.asLastAsked, to: "shop", prune: true)
        try await ground.orchestrator.destroy("shop", keepData: false)
    }
}

extension Ground {
    /// A cluster that is up, on which the steps with these identifiers fail from then on.
    fileprivate init(failing: Set<String>) async throws {
        try await self.init()
        await backend.fail(failing)
    }
}
