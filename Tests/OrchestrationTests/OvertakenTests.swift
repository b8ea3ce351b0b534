import ClusterModel
import Orchestration
import Simulation
import Synchronization
import Testing

@Suite struct `Somebody who is faster` {
    /// Between the look that `apply` takes first and its lock, another command has come and gone.
    @Test func `is not undone by an apply without a file`() async throws {
        let simulated = SimulatedBackend()
        let other = Orchestrator(backend: simulated)
        try await other.apply(.sample(replicas: 1), prune: false)
        let overtaken = OvertakenBackend(simulated) { try await other.addReplicas(2, to: "lb1", of: "shop") }
        let plan = try await Orchestrator(backend: overtaken).apply(.asLastAsked, to: "shop", prune: false)
        #expect(plan.isEmpty, "\(plan)")
        let nodes = try await other.status(of: "shop").balancers[0].nodes.map(\.spec.host)
        #expect(nodes == ["primary", "replica1", "replica2", "replica3"])
    }
}

@Suite struct `Two that choose places at the same moment` {
    private let document: Document = ["cluster_name": "shop", "balancers": [["name": "lb1", "replicas": 1]]]

    /// The other one's network and balancer are there when ours are to be made.
    private func overtaken(_ simulated: SimulatedBackend) throws -> OvertakenBackend {
        let subnet = try #require(Subnet("172.28.0.0/16"))
        let use = HostUse(ports: [19999: "x"], networks: [.init(name: "x", subnet: subnet)])
        return OvertakenBackend(simulated, losing: "network", to: use)
    }

    @Test func `both come up: the one whose run fails on that chooses others`() async throws {
        let simulated = SimulatedBackend()
        try await Orchestrator(backend: overtaken(simulated))
            .apply(.document(document, source: "x"), to: "shop", prune: false)
        let made = try await simulated.observe("shop", depth: .full)
        #expect(made.network?.subnet == "172.29.0.0/16")
        #expect(made.balancers.map(\.spec.port) == [29999] && made.balancers[0].nodes.count == 2)
    }

    @Test func `one that was told which places to take fails`() async throws {
        let simulated = SimulatedBackend()
        let told = try Topology.load(document, source: "x").document
        await #expect(throws: ClusterError.self) {
            try await Orchestrator(backend: overtaken(simulated))
                .apply(.document(told, source: "x"), to: "shop", prune: false)
        }
        #expect(try await simulated.observe("shop", depth: .full).network == nil)
    }
}

@Suite struct `A plan for a cluster whose destroy was cut` {
    @Test func `says so, and that what is left goes first`() async throws {
        let backend = SimulatedBackend(failing: ["volume:shop_replica1_data"])
        await backend.place(.healthy(.sample()))
        let orchestrator = Orchestrator(backend: backend)
        await #expect(throws: ClusterError.self) { try await orchestrator.destroy("shop", keepData: false) }
        await backend.mend()
        let plan = try await orchestrator.plan(for: .sample(), prune: false)
        let text = plan.description
        #expect(
            text.hasSuffix(
                "note: an earlier destroy of shop was cut: what is left of it goes first, data included"
            ),
            "\(text)"
        )
        let going = try #require(text.firstRange(of: "- remove volume shop_replica1_data"))
        let coming = try #require(text.firstRange(of: "+ create node shop_replica1"))
        #expect(going.lowerBound < coming.lowerBound, "\(text)")
    }
}

@Suite struct `Steps that do not depend on each other` {
    /// Each of them waits for all the others, so that one after the other they would never end.
    @Test func `run at the same time`() async throws {
        let backend = OvertakenBackend(
            SimulatedBackend(),
            meeting: ["create:shop_primary", "create:shop_replica1", "create:shop_replica2", "create:shop_lb1"]
        )
        try await Orchestrator(backend: backend).apply(.sample(replicas: 2), prune: false)
    }
}

/// A backend on which somebody else does something just before the lock is taken for the first time, or takes places just before a
/// step, which fails; and on which some steps wait for each other.
private struct OvertakenBackend: ClusterBackend {
    private let backend: SimulatedBackend
    private let meanwhile: @Sendable () async throws -> Void
    private let lost: (step: String, host: HostUse)
    private let turns = Turns()
    private let losses = Turns()
    private let meeting: Set<String>
    private let met = Turns()

    private final class Turns: Sendable {
        private let taken = Mutex(0)
        var count: Int { taken.withLock { $0 } }
        func next() -> Int {
            taken.withLock {
                $0 += 1; return $0
            }
        }
    }

    init(
        _ backend: SimulatedBackend,
        losing step: String = "",
        to host: HostUse = .none,
        meeting: Set<String> = [],
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) {
        (self.backend, self.meanwhile, lost, self.meeting) = (backend, meanwhile, (step, host), meeting)
    }

    func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        if turns.next() == 1 { try await meanwhile() }
        return try await backend.lock(cluster, image: image, breaking: breaking)
    }

    func unlock(_ lock: ClusterLock) async throws { try await backend.unlock(lock) }
    func clusters() async throws -> [String] { try await backend.clusters() }
    func hostUse(except cluster: String?) async throws -> HostUse { losses.count > 0 ? lost.host : .none }

    func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        try await backend.observe(cluster, depth: depth)
    }

    func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws {
        try await backend.prepare(plan, progress: progress)
    }

    func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        if step.id == lost.step, losses.next() == 1 {
            throw ClusterError(.failed, operation: step.title, message: "somebody else has it")
        }
        if meeting.contains(step.id) {
            _ = met.next()
            let end = ContinuousClock.now + .seconds(60)
            while met.count < meeting.count, .now < end { try await Task.sleep(for: .milliseconds(5)) }
            try #require(met.count == meeting.count, "\(step.id) waited for the others in vain")
        }
        return try await backend.perform(step, of: plan, progress: progress)
    }

    func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        try await backend.query(query, on: target)
    }

    func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try await backend.execute(command, on: target)
    }

    func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        try await backend.logs(of: target, options: options)
    }

    func connectionString(for target: Target, database: String?) async throws -> String {
        try await backend.connectionString(for: target, database: database)
    }
}
