import ClusterModel
import Orchestration
import Simulation
import Testing

@Suite struct `Scaling` {
    private func running(_ replicas: Int) async throws -> (SimulatedBackend, Orchestrator) {
        let backend = SimulatedBackend()
        let orchestrator = Orchestrator(backend: backend)
        try await orchestrator.apply(.sample(replicas: replicas), prune: false)
        return (backend, orchestrator)
    }

    private func nodes(_ orchestrator: Orchestrator) async throws -> [String] {
        try await orchestrator.status(of: "shop").balancers[0].nodes.map(\.spec.host)
    }

    @Test func `up adds replicas with the next names, and down takes the last ones away`() async throws {
        let (_, orchestrator) = try await running(1)
        try await orchestrator.scale("lb1", of: "shop", to: 3)
        #expect(try await nodes(orchestrator) == ["primary", "replica1", "replica2", "replica3"])
        try await orchestrator.scale("lb1", of: "shop", to: 1)
        #expect(try await nodes(orchestrator) == ["primary", "replica1"])
        #expect(try await orchestrator.scale("lb1", of: "shop", to: 1).isEmpty)
    }

    @Test func `down never takes the node that is primary now`() async throws {
        let (backend, orchestrator) = try await running(2)
        var observed = try await backend.observe("shop", depth: .full)
        observed.balancers[0].record = PrimaryRecord(term: 2, node: 2)
        await backend.place(observed)
        try await orchestrator.scale("lb1", of: "shop", to: 0)
        #expect(try await nodes(orchestrator) == ["replica2"])
    }

    @Test func `down leaves the first node the first one while it is there, whichever is primary now`() async throws {
        let (backend, orchestrator) = try await running(2)
        var observed = try await backend.observe("shop", depth: .full)
        observed.balancers[0].record = PrimaryRecord(term: 2, node: 1)
        await backend.place(observed)
        try await orchestrator.scale("lb1", of: "shop", to: 1)
        let topology = try #require(try await orchestrator.status(of: "shop").topology)
        #expect(topology.balancers[0].nodes.map(\.id) == [0, 1])
    }

    @Test func `an unknown balancer is named with those that there are`() async throws {
        let (_, orchestrator) = try await running(1)
        let error = await #expect(throws: ClusterError.self) { try await orchestrator.scale("lb9", of: "shop", to: 2) }
        #expect(error?.code == .notFound)
        #expect(error?.description == "could not find balancer lb9 in shop: the cluster has lb1")
    }

    @Test func `removing the primary by name is refused`() async throws {
        let (_, orchestrator) = try await running(1)
        let error = await #expect(throws: ClusterError.self) {
            try await orchestrator.removeReplicas(.names(["primary"]), from: "lb1", of: "shop")
        }
        #expect(error?.code == .conflict)
    }

    @Test func `a cluster that is locked by somebody else is not touched`() async throws {
        let (backend, orchestrator) = try await running(1)
        _ = try await backend.lock("shop", image: nil, breaking: false)
        let error = await #expect(throws: ClusterError.self) { try await orchestrator.scale("lb1", of: "shop", to: 2) }
        #expect(error?.code == .conflict)
    }

    @Test func `something else on a wanted port is a conflict, and nothing is begun`() async throws {
        let backend = SimulatedBackend(inUse: HostUse(ports: [19999: "container web"]))
        let error = await #expect(throws: ClusterError.self) {
            try await Orchestrator(backend: backend).apply(.sample(), prune: false)
        }
        #expect(error?.code == .conflict)
        #expect(error?.details.count == 1)
        #expect(await backend.performed.isEmpty)
    }
}
