import ClusterModel
import Orchestration
import Simulation
import Testing

@Suite struct `A simulated cluster` {
    private func cluster(
        nodes: Int = 3,
        hold: Bool = true,
        sync: Int = 0,
        load: Double = 100
    ) async throws -> (SimulatedBackend, Orchestrator) {
        let backend = SimulatedBackend(seed: 1, writesPerSecond: load)
        let orchestrator = Orchestrator(backend: backend)
        try await orchestrator.apply(topology(nodes: nodes, hold: hold, sync: sync), prune: false)
        return (backend, orchestrator)
    }

    private func balancer(_ backend: SimulatedBackend) async throws -> ObservedBalancer {
        try #require(try await backend.observe("shop", depth: .full).balancer("lb1"))
    }

    @Test func `writes while time passes, and its replicas follow`() async throws {
        let (backend, _) = try await cluster()
        let before = try #require(try await balancer(backend).primary?.postgres?.position)
        try await backend.sleep(10)
        let after = try await balancer(backend)
        let position = try #require(after.primary?.postgres?.position)
        #expect(position > before)
        for replica in after.replicas {
            #expect(position - (replica.postgres?.position ?? 0) < 10_000)
            #expect(replica.postgres?.isStreaming == true)
        }
    }

    @Test func `switches over onto a new timeline, and the old primary comes back as a replica`() async throws {
        let (backend, orchestrator) = try await cluster()
        try await orchestrator.switchover("lb1", of: "shop", to: "lb1-replica2")
        try await backend.sleep(10)
        let seen = try await balancer(backend)
        #expect(seen.primary?.spec.host == "lb1-replica2")
        #expect(seen.primary?.postgres?.timeline == 2)
        #expect(seen.replicas.map(\.spec.host) == ["lb1-primary", "lb1-replica1"])
        #expect(seen.pool?.nodes.allSatisfy(\.isServing) == true)
    }

    @Test func `fails over by itself when its primary is killed, and takes it back when it is started`() async throws {
        let (backend, orchestrator) = try await cluster()
        try await backend.fence(Target(cluster: "shop", balancer: "lb1", node: "lb1-primary"))
        try await backend.sleep(10)
        let failed = try await balancer(backend)
        #expect(failed.primary != nil)
        #expect(failed.primary?.spec.host != "lb1-primary")
        #expect(failed.record?.term == 2)
        try await orchestrator.start(Target(cluster: "shop", balancer: "lb1", node: "lb1-primary"))
        #expect(try await balancer(backend).replicas.contains { $0.spec.host == "lb1-primary" })
    }

    @Test func `lets held clients go when their time is over`() async throws {
        let (backend, orchestrator) = try await cluster()
        try await orchestrator.pause("lb1", of: "shop", seconds: 5)
        #expect(try await balancer(backend).hold?.isPaused == true)
        try await backend.sleep(6)
        #expect(try await balancer(backend).hold?.isPaused == false)
    }

    @Test func `keeps what needs a restart waiting, and refuses what PostgreSQL would refuse`() async throws {
        let (backend, orchestrator) = try await cluster()
        let change = try await orchestrator.set(
            [.init("max_connections", "300"), .init("work_mem", "8MB")],
            balancer: "lb1",
            of: "shop"
        )
        #expect(change.pending["lb1-primary"] == ["max_connections"])
        let target = Target(cluster: "shop", balancer: "lb1", node: "lb1-primary")
        #expect(try await backend.settings(of: target).contains { $0.name == "work_mem" && $0.value == "8MB" })
        await #expect(throws: ClusterError.self) {
            try await orchestrator.set([.init("work_mem", "much")], balancer: "lb1", of: "shop")
        }
    }

    @Test func `knows a few questions, and says so of any other`() async throws {
        let (backend, _) = try await cluster()
        let target = Target(cluster: "shop", balancer: "lb1")
        #expect(try await backend.query(SQLQuery("select 1"), on: target).rows == [[1]])
        let recovery = try await backend.query(SQLQuery("SELECT pg_is_in_recovery() AS replica"), on: target)
        #expect(recovery == SQLResult(columns: ["replica"], rows: [[false]]))
        let error = await #expect(throws: ClusterError.self) {
            try await backend.query(SQLQuery("select count(*) from orders"), on: target)
        }
        #expect(error?.message == "the simulation does not know the answer")
    }
}
