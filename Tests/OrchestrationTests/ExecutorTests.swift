import ClusterModel
import Orchestration
import Simulation
import Synchronization
import Testing

/// Keeps the events that it receives.
final class Recorder: EventSink {
    private let events = Mutex<[Event]>([])
    func receive(_ event: Event) { events.withLock { $0.append(event) } }
    var all: [Event] { events.withLock { $0 } }
    var skipped: [String: String] {
        var found: [String: String] = [:]
        for case .stepSkipped(let step, let reason) in all { found[step.id] = reason }
        return found
    }
}

@Suite struct `Carrying out a plan` {
    @Test func `brings a cluster up, and a second run changes nothing`() async throws {
        let backend = SimulatedBackend()
        let orchestrator = Orchestrator(backend: backend)
        let plan = try await orchestrator.apply(.sample(replicas: 2), prune: false)
        #expect(!plan.isEmpty)
        #expect(try await orchestrator.apply(.sample(replicas: 2), prune: false).isEmpty)
        #expect(await backend.performed.count == plan.steps.count)
    }

    @Test func `skips what depends on a failed step, says so, and still does the rest`() async throws {
        let backend = SimulatedBackend(failing: ["create:shop_replica1"])
        let recorder = Recorder()
        let orchestrator = Orchestrator(backend: backend, events: recorder)
        await #expect(throws: ClusterError.self) { try await orchestrator.apply(.sample(replicas: 2), prune: false) }
        #expect(recorder.skipped["start:shop_replica1"] == "create:shop_replica1 did not succeed")
        #expect(recorder.skipped["streaming:lb1:1"] == "start:shop_replica1 did not succeed")
        #expect(await backend.performed.contains("streaming:lb1:2"))
    }

    @Test func `after a failure of any one step, the next run completes the cluster`() async throws {
        let whole = try await Orchestrator(backend: SimulatedBackend()).apply(.sample(replicas: 2), prune: false)
        for step in whole.steps {
            let backend = SimulatedBackend(failing: [step.id])
            let orchestrator = Orchestrator(backend: backend)
            await #expect(throws: ClusterError.self, "\(step.id)") {
                try await orchestrator.apply(.sample(replicas: 2), prune: false)
            }
            await backend.mend()
            try await orchestrator.apply(.sample(replicas: 2), prune: false)
            let again = try await orchestrator.plan(for: .sample(replicas: 2), prune: true)
            #expect(again.isEmpty, "after a failure of \(step.id): \(again)")
        }
    }

    @Test func `after a failure of any one step, destroy leaves nothing`() async throws {
        let whole = try await Orchestrator(backend: SimulatedBackend()).apply(.sample(replicas: 1), prune: false)
        for step in whole.steps.dropFirst() {
            let backend = SimulatedBackend(failing: [step.id])
            let orchestrator = Orchestrator(backend: backend)
            await #expect(throws: ClusterError.self) { try await orchestrator.apply(.sample(), prune: false) }
            try await orchestrator.destroy("shop", keepData: false)
            #expect(try await backend.clusters().isEmpty, "after a failure of \(step.id)")
        }
    }

    @Test func `a destroy that was cut anywhere is completed by the next destroy`() async throws {
        for step in Plan.destroy(.healthy(.sample()), keepData: false).steps {
            let backend = SimulatedBackend(failing: [step.id])
            await backend.place(.healthy(.sample()))
            let orchestrator = Orchestrator(backend: backend)
            await #expect(throws: ClusterError.self, "\(step.id)") {
                try await orchestrator.destroy("shop", keepData: false)
            }
            await backend.mend()
            try await orchestrator.destroy("shop", keepData: false)
            #expect(try await backend.clusters().isEmpty, "after a failure of \(step.id)")
        }
    }
}

@Suite struct `Bringing up a cluster whose destroy was cut` {
    @Test func `completes the destroy and then brings it up anew`() async throws {
        let backend = SimulatedBackend(failing: ["volume:shop_replica1_data"])
        await backend.place(.healthy(.sample()))
        let orchestrator = Orchestrator(backend: backend)
        await #expect(throws: ClusterError.self) { try await orchestrator.destroy("shop", keepData: false) }
        await backend.mend()
        let plan = try await orchestrator.apply(.sample(), prune: false)
        #expect(plan.steps.contains { $0.id == "seed:lb1" })
        #expect(try await orchestrator.plan(for: .sample(), prune: true).isEmpty)
    }
}

@Suite struct `A cluster whose destroy was cut` {
    private func cut() async throws -> (SimulatedBackend, Orchestrator) {
        let backend = SimulatedBackend(failing: ["volume:shop_replica1_data"])
        await backend.place(.healthy(.sample()))
        let orchestrator = Orchestrator(backend: backend)
        await #expect(throws: ClusterError.self) { try await orchestrator.destroy("shop", keepData: false) }
        await backend.mend()
        return (backend, orchestrator)
    }

    @Test func `is not scaled, and its data is not promised to be kept`() async throws {
        let (_, orchestrator) = try await cut()
        let scaled = await #expect(throws: ClusterError.self) { try await orchestrator.scale("lb1", of: "shop", to: 2) }
        #expect(scaled?.code == .conflict)
        let kept = await #expect(throws: ClusterError.self) { try await orchestrator.destroy("shop", keepData: true) }
        #expect(kept?.code == .conflict)
    }
}

@Suite struct `Changes that a running cluster cannot follow` {
    @Test func `are refused before anything is touched, each with its reason`() async throws {
        let backend = SimulatedBackend()
        let orchestrator = Orchestrator(backend: backend)
        try await orchestrator.apply(.sample(), prune: false)
        let before = await backend.performed.count
        var wanted = Topology.sample()
        wanted.network.name = "other_net"
        wanted.balancers[0].replicas[0].containerName = "shop_other"
        let error = await #expect(throws: ClusterError.self) { try await orchestrator.apply(wanted, prune: true) }
        #expect(error?.code == .invalid)
        #expect(
            error?.details == [
                "network: it is shop_net (172.31.0.0/16) and cannot become other_net (172.31.0.0/16) while containers are in it",
                "container_name: node 1 of lb1 is shop_replica1, and its data would not follow it to shop_other",
            ]
        )
        #expect(await backend.performed.count == before)
    }
}
