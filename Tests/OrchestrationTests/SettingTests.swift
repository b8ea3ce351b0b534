import ClusterModel
import Orchestration
import Simulation
import Testing

@Suite struct `Changing settings` {
    @Test func `of a balancer reloads its nodes, and takes a node's own value of them away`() async throws {
        var topology = Topology.sample(replicas: 2)
        topology.balancers[0].replicas[0].settings["work_mem"] = "1MB"
        let ground = try await Ground(topology)
        let change = try await ground.orchestrator.set(
            [.init("work_mem", "8MB")],
            balancer: "lb1",
            of: "shop"
        )
        #expect(change.plan.steps.map(\.id).sorted() == ["reload:lb1:0", "reload:lb1:1", "reload:lb1:2", "wanted"])
        #expect(change.pending.isEmpty)
        let wanted = try #require(try await ground.backend.observe("shop", depth: .full).topology)
        #expect(wanted.balancers[0].nodes.allSatisfy { $0.settings["work_mem"] == "8MB" })
    }

    @Test func `of one node reloads only that, which is how a setting is tried first`() async throws {
        let ground = try await Ground()
        let change = try await ground.orchestrator.set(
            [.init("work_mem", "8MB")],
            balancer: "lb1",
            node: "replica1",
            of: "shop"
        )
        #expect(change.plan.steps.map(\.id) == ["wanted", "reload:lb1:1"])
    }

    @Test func `says which nodes wait for a restart`() async throws {
        let ground = try await Ground()
        let change = try await ground.orchestrator.set(
            [.init("shared_buffers", "64MB")],
            balancer: "lb1",
            of: "shop"
        )
        #expect(Set(change.pending.keys) == ["primary", "replica1", "replica2"])
        #expect(change.plan.notes.first?.contains("takes effect with a restart") == true)
    }

    @Test func `with a slip in its name is refused before anything is touched`() async throws {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.set([.init("work_men", "8MB")], balancer: "lb1", of: "shop")
        }
        #expect(
            error?.details == [
                "balancers[0].settings.work_men = \"8MB\": PostgreSQL has no such setting; did you mean \"work_mem\"?"
            ]
        )
        #expect(try await ground.orchestrator.apply(.asLastAsked, to: "shop", prune: false).isEmpty)
    }

    @Test(arguments: [
        ("nosuch", "nothing was changed; pgbc psql has SHOW ALL"),
        ("num_init_children", "num_init_children is a parameter of the balancer: write pool.num_init_children"),
    ])
    func `that PostgreSQL does not know are refused before anything is touched`(name: String, advice: String)
        async throws
    {
        let ground = try await Ground()
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.set([.init(name, "1")], balancer: "lb1", of: "shop")
        }
        #expect(error?.code == .invalid)
        #expect(error?.message == "PostgreSQL on primary does not know \(name)")
        #expect(error?.advice == advice)
        #expect(try await ground.orchestrator.apply(.asLastAsked, to: "shop", prune: false).isEmpty)
    }

    @Test func `that PostgreSQL refuses are taken back`() async throws {
        let ground = try await Ground()
        let before = try await ground.backend.observe("shop", depth: .full).topology
        await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.set([.init("work_mem", "lots")], balancer: "lb1", of: "shop")
        }
        #expect(try await ground.backend.observe("shop", depth: .full).topology == before)
    }

    @Test func `takes the balancer's own words too`() async throws {
        let ground = try await Ground()
        let change = try await ground.orchestrator.set(
            [.init("sync", 1), .init("pool", ["max_pool": 2])],
            balancer: "lb1",
            of: "shop"
        )
        #expect(change.plan.desired?.balancers[0].sync == 1)
        #expect(change.plan.desired?.balancers[0].parameters["max_pool"] == "2")
        #expect(change.plan.steps.map(\.id).contains("reload:lb1"))
    }

    @Test func `more replicas than there are cannot be asked to have each transaction, nor be taken away`() async throws
    {
        let ground = try await Ground(.sample(replicas: 1))
        await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.set([.init("sync", 2)], balancer: "lb1", of: "shop")
        }
        _ = try await ground.orchestrator.set([.init("sync", 1)], balancer: "lb1", of: "shop")
        let error = await #expect(throws: ClusterError.self) {
            try await ground.orchestrator.scale("lb1", of: "shop", to: 0)
        }
        #expect(error?.message == "sync is 1: no write would be acknowledged any more")
    }
}
