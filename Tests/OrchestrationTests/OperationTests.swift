import ClusterModel
import Orchestration
import Simulation
import Testing

/// A simulated cluster with one balancer, and what is done to it.
struct Ground {
    let backend: SimulatedBackend
    let orchestrator: Orchestrator

    init(_ topology: Topology = .sample(replicas: 2)) async throws {
        backend = SimulatedBackend()
        orchestrator = Orchestrator(backend: backend)
        try await orchestrator.apply(topology, prune: false)
    }

    func target(_ node: String) -> Target { Target(cluster: "shop", balancer: "lb1", node: node) }

    func balancer() async throws -> ObservedBalancer {
        try #require(try await backend.observe("shop", depth: .full).balancer("lb1"))
    }

    func primary() async throws -> String? { try await balancer().primary?.spec.host }

    /// Changes what is there behind pgbc's back.
    func disturb(_ change: (inout ObservedBalancer) -> Void) async throws {
        var observed = try await backend.observe("shop", depth: .full)
        change(&observed.balancers[0])
        await backend.place(observed)
    }
}

@Suite struct `A switchover` {
    @Test func `makes the named replica the primary, and the old primary a replica that serves`() async throws {
        let ground = try await Ground()
        let plan = try await ground.orchestrator.switchover("lb1", of: "shop", to: "replica2")
        #expect(plan.steps.map(\.id) == ["switchover:lb1", "streaming:lb1:0", "attached:lb1:0"])
        #expect(try await ground.primary() == "replica2")
        #expect(try await ground.balancer().node("primary")?.postgres?.isStreaming == true)
    }

    @Test func `chooses a replica by itself, and does nothing when the named one is primary already`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.switchover("lb1", of: "shop", to: nil)
        let primary = try #require(try await ground.primary())
        #expect(primary != "primary")
        #expect(try await ground.orchestrator.switchover("lb1", of: "shop", to: primary).isEmpty)
    }

    @Test func `is refused with the reason for each replica that is not fit`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.stop(ground.target("replica1"))
        try await ground.orchestrator.detach(ground.target("replica2"))
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.switchover("lb1", of: "shop", to: nil)
        }
        #expect(error?.code == .conflict)
        #expect(error?.details == ["replica1 does not answer", "replica2 is out for maintenance"])
        #expect(try await ground.primary() == "primary")
    }

    @Test func `to a node that there is not names the one that was meant`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.switchover("lb1", of: "shop", to: "replcia2")
        }
        #expect(error?.description == "could not switch lb1 over: did you mean replica2?")
    }

    @Test func `is refused where the balancer cannot make another node the primary`() async throws {
        var topology = Topology.sample(replicas: 1)
        topology.balancers[0].image = "pgbalancer:latest"
        let ground = try await Ground(topology)
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.switchover("lb1", of: "shop", to: nil)
        }
        #expect(error?.message == "lb1 is pgBalancer, which cannot make another node the primary")
    }
}

@Suite struct `A forced failover` {
    @Test func `is refused without force, with what may be lost`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.failover("lb1", of: "shop", to: "replica1", force: false)
        }
        #expect(error?.message.hasPrefix("every transaction that replica1 has not received is lost") == true)
        #expect(error?.advice?.contains("pgbc switchover") == true)
        #expect(try await ground.primary() == "primary")
    }

    @Test func `makes the named replica the primary`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.failover("lb1", of: "shop", to: "replica1", force: true)
        #expect(try await ground.primary() == "replica1")
    }
}

@Suite struct `Restarting a node` {
    @Test func `takes a replica out, restarts it, and puts it back`() async throws {
        let ground = try await Ground()
        let plan = try await ground.orchestrator.restart(ground.target("replica1"))
        #expect(
            plan.description == """
                - take replica1 out of lb1        because it is to be restarted
                + restart PostgreSQL on replica1  because it was asked for
                + wait until replica1 streams     because a replica counts when it replicates
                + put replica1 back into lb1      because it was restarted
                """
        )
        #expect(try await ground.balancer().pool?.nodes.allSatisfy(\.isServing) == true)
    }

    @Test func `anew, container and data, leaves it out for maintenance when it was`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.detach(ground.target("replica1"))
        let plan = try await ground.orchestrator.replace(ground.target("replica1"))
        #expect(plan.steps.last?.id == "streaming:lb1:1")
        #expect(plan.notes == ["replica1 stays out for maintenance: pgbc maintenance replica1 off puts it back"])
        let other = try await Ground()
        try await other.orchestrator.detach(other.target("replica1"))
        let rejoin = try await other.orchestrator.rejoin(other.target("replica1"), reclone: true)
        #expect(rejoin.steps.last?.id == "streaming:lb1:1")
        #expect(try await other.balancer().pool?.nodes.first { $0.id == 1 }?.isInMaintenance == true)
    }

    @Test func `is refused for the primary while a replica could take over, with what to do first`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.restart(ground.target("primary"))
        }
        #expect(error?.advice?.hasPrefix("pgbc switchover --to replica") == true)
    }

    @Test func `is done in place for a primary without replicas`() async throws {
        let ground = try await Ground(.sample(replicas: 0))
        let plan = try await ground.orchestrator.restart(ground.target("primary"))
        #expect(plan.steps.map(\.id) == ["restart:lb1:0", "streaming:lb1:0", "balancer:lb1"])
    }

    @Test func `says that writes wait when sync needs the replica`() async throws {
        var topology = Topology.sample(replicas: 1)
        topology.balancers[0].sync = 1
        let ground = try await Ground(topology)
        let plan = try await ground.orchestrator.restart(ground.target("replica1"))
        #expect(plan.notes == ["writes of lb1 wait while replica1 is away: sync is 1"])
    }

    @Test func `that fails half-way puts the node back, and a repeated run completes`() async throws {
        let backend = SimulatedBackend(failing: ["attach:lb1:1"])
        let orchestrator = Orchestrator(backend: backend)
        try await orchestrator.apply(.sample(replicas: 2), prune: false)
        let target = Target(cluster: "shop", balancer: "lb1", node: "replica1")
        await #expect(throws: ClusterError.self) { try await orchestrator.restart(target) }
        await backend.mend()
        try await orchestrator.restart(target)
        let seen = try await backend.observe("shop", depth: .full).balancer("lb1")
        #expect(seen?.pool?.nodes.allSatisfy(\.isServing) == true)
    }
}

@Suite struct `Maintenance of a node` {
    @Test func `keeps it out until it is attached, whatever apply does`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.detach(ground.target("replica1"))
        #expect(try await ground.orchestrator.apply(.asLastAsked, to: "shop", prune: false).isEmpty)
        #expect(try await ground.balancer().pool?.nodes[1].isServing == false)
        try await ground.orchestrator.attach(ground.target("replica1"))
        #expect(try await ground.balancer().pool?.nodes[1].isServing == true)
        #expect(try await ground.orchestrator.attach(ground.target("replica1")).isEmpty)
    }

    @Test func `is refused for the primary`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.detach(ground.target("primary"))
        }
        #expect(error?.code == .conflict)
    }

    @Test func `a stopped node stays stopped until it is started, and serves again then`() async throws {
        let ground = try await Ground()
        try await ground.orchestrator.stop(ground.target("replica1"))
        #expect(try await ground.balancer().node("replica1")?.container?.state == .exited)
        try await ground.orchestrator.start(ground.target("replica1"))
        try await ground.orchestrator.wait(for: .attached, of: ground.target("replica1"), seconds: 30)
    }

    @Test func `a replaced or recloned replica has new data under its old name`() async throws {
        let ground = try await Ground()
        let plan = try await ground.orchestrator.replace(ground.target("replica2"))
        #expect(plan.steps.map(\.id).contains("volume:shop_replica2_data"))
        try await ground.orchestrator.rejoin(ground.target("replica2"), reclone: true)
        #expect(try await ground.balancer().pool?.nodes.allSatisfy(\.isServing) == true)
    }
}

@Suite struct `Waiting for a node` {
    @Test func `ends with what the node is instead, after the time that was given`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.wait(for: .stopped, of: ground.target("replica1"), seconds: 2)
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.hasPrefix("it is a streaming replica") == true)
    }
}

@Suite struct `Clients` {
    @Test func `can be held only where there is a pooler for it`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.pause("lb1", of: "shop")
        }
        #expect(error?.advice == "switch it on: pgbc configure hold=true")
    }

    @Test func `are held and let go`() async throws {
        var topology = Topology.sample(replicas: 1)
        topology.balancers[0].hold = true
        let ground = try await Ground(topology)
        try await ground.orchestrator.pause("lb1", of: "shop", seconds: 5)
        #expect(try await ground.balancer().hold?.isPaused == true)
        try await ground.orchestrator.resume("lb1", of: "shop")
        #expect(try await ground.balancer().hold?.isPaused == false)
    }
}
