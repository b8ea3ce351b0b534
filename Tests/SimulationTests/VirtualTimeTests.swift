import Orchestration
import Simulation
import Testing

@Suite struct `The clock of a simulation` {
    @Test func `passes only when nothing else can go on`() async throws {
        let backend = SimulatedBackend()
        let order = Order()
        try await withTaskExecutorPreference(backend.executor) {
            await Task.yield()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (name, seconds) in [("c", 3.0), ("a", 1.0), ("b", 2.0)] {
                    group.addTask {
                        try await backend.sleep(seconds)
                        await order.add(name)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(await order.names == ["a", "b", "c"])
        let now = await backend.time()
        #expect(now == 3)
    }

    @Test func `does not move for a wait that was cancelled`() async throws {
        let backend = SimulatedBackend()
        await withTaskExecutorPreference(backend.executor) {
            await Task.yield()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await backend.sleep(100) }
                group.addTask { try? await backend.sleep(1) }
                await group.next()
                group.cancelAll()
            }
        }
        let now = await backend.time()
        #expect(now == 1)
    }

    @Test func `the same seed rolls the same dice`() async {
        let first = SimulatedBackend(seed: 7)
        let second = SimulatedBackend(seed: 7)
        for _ in 0..<10 { #expect(await first.randomWord() == second.randomWord()) }
    }
}

/// Who woke when.
private actor Order {
    private(set) var names: [String] = []
    func add(_ name: String) { names.append(name) }
}
