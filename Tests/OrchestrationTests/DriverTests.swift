import ClusterModel
import Orchestration
import Simulation
import Testing

@Suite struct `A balancer that only passes SQL on` {
    private static func driver(_ view: BalancerDriver.View) -> BalancerDriver {
        BalancerDriver("proxy", program: "a proxy", capabilities: [.membership], view: view)
    }

    private func ground(_ view: BalancerDriver.View = .none) async throws -> Ground {
        var topology = Topology.sample(replicas: 2)
        topology.balancers[0].image = "proxy:1"
        topology.balancers[0].namedDriver = Self.driver(view)
        return try await Ground(topology)
    }

    private func refusal(_ body: () async throws -> Void) async -> ClusterError? {
        await #expect(throws: ClusterError.self) { try await body() }
    }

    @Test func `says what it cannot do, and does not fake it`() async throws {
        let ground = try await ground()
        let lb = ground.orchestrator
        let refusals = [
            await refusal { try await lb.switchover("lb1", of: "shop", to: nil) },
            await refusal { try await lb.detach(ground.target("replica1")) },
            await refusal { try await lb.pause("lb1", of: "shop") },
        ]
        #expect(
            refusals.map { $0?.message } == [
                "lb1 is a proxy, which cannot make another node the primary",
                "lb1 is a proxy, which cannot let go of a node, or take it back, when it is told",
                "lb1 is a proxy, which cannot make clients wait",
            ]
        )
        #expect(refusals.allSatisfy { $0?.code == .conflict })
    }

    @Test func `without a view of its nodes is not waited for to show them`() async throws {
        let ground = try await ground()
        let observed = try await ground.backend.observe("shop", depth: .full)
        #expect(observed.findings.isEmpty, "\(observed.findings)")
        try await ground.orchestrator.stop(ground.target("replica1"))
        let start = try await ground.orchestrator.start(ground.target("replica1"))
        #expect(start.steps.map(\.id) == ["start:shop_replica1", "streaming:lb1:1"])
        let error = await refusal {
            try await ground.orchestrator.wait(for: .attached, of: ground.target("replica1"), seconds: 60)
        }
        #expect(error?.message == "a proxy does not show which nodes it serves")
    }

    @Test func `with a view of its nodes is waited for`() async throws {
        let ground = try await ground(.rest)
        try await ground.orchestrator.stop(ground.target("replica1"))
        let start = try await ground.orchestrator.start(ground.target("replica1"))
        #expect(start.steps.map(\.id) == ["start:shop_replica1", "streaming:lb1:1", "attached:lb1:1"])
    }

    @Test func `that takes nodes in keeps its container, and one that does not is made anew`() async throws {
        for (capabilities, isMadeAnew) in [([.membership], false), ([], true)]
            as [(Set<BalancerDriver.Capability>, Bool)]
        {
            var topology = Topology.sample(replicas: 1)
            topology.balancers[0].image = "proxy:1"
            topology.balancers[0].namedDriver = Self.driver(.none)
            topology.balancers[0].namedDriver?.capabilities = capabilities
            let ground = try await Ground(topology)
            topology.balancers[0].replicas = Topology.sample(replicas: 2).balancers[0].replicas
            let plan = try await ground.orchestrator.apply(topology, prune: false)
            #expect(plan.steps.contains { $0.id == "create:shop_lb1" } == isMadeAnew)
        }
    }
}

@Suite struct `A driver's declaration` {
    private func contradiction(
        _ driver: BalancerDriver,
        notice: BalancerSupport.Notice = .controlVolume,
        nodes: BalancerSupport.NodesRoute? = nil,
        attaching: (@Sendable (NodeSpec, BalancerSupport.Attaching) -> [String])? = nil
    ) -> String? {
        BalancerSupport(driver, notice: notice, nodes: nodes, attaching: attaching) { _ in BalancerContents() }
            .contradiction
    }

    @Test func `that contradicts itself is refused with the reason`() {
        #expect(contradiction(BalancerDriver("x", program: "x")) == nil)
        #expect(contradiction(BalancerDriver("x", program: "x", view: .agent))?.contains("agent") == true)
        #expect(
            contradiction(BalancerDriver("x", program: "x", capabilities: [.hold]))
                == "it says that it can hold, which only pgbc's own agent does"
        )
        #expect(
            contradiction(BalancerDriver("x", program: "x", capabilities: [.attach]))
                == "it says that it can attach, and names no program for it"
        )
        #expect(contradiction(BalancerDriver("x", program: "x"), attaching: { _, _ in ["true"] }) != nil)
        #expect(
            contradiction(BalancerDriver("x", program: "x", capabilities: [.reload]), notice: .atStart)
                == "it says that it can reload, and is told of changes only when it starts"
        )
        #expect(contradiction(BalancerDriver("x", program: "x", view: .rest)) != nil)
        let route = BalancerSupport.NodesRoute("/nodes") { _ in [] }
        #expect(
            contradiction(BalancerDriver("x", program: "x", view: .rest), nodes: route)
                == "its view is over REST, and it has no REST port"
        )
    }
}
