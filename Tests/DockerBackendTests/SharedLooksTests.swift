import Testing

@testable import DockerBackend

@Suite struct `Looks that are shared` {
    typealias Instant = ContinuousClock.Instant

    private let looks = SharedLooks<Int>()

    @Test func `steps that wait together ask once`() async throws {
        let asker = Asker()
        let seen = try await withThrowingTaskGroup(of: Int.self) { group in
            let began = Instant.now
            for _ in 0..<9 {
                group.addTask {
                    var after = began
                    return try await looks.look(at: "lb1", after: &after) { await asker.ask() }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seen == Array(repeating: 1, count: 9))
        #expect(await asker.count == 1)
    }

    @Test func `nobody is given an answer from before they came, or the same one twice`() async throws {
        let asker = Asker()
        for expected in 1...3 {
            var after = Instant.now
            #expect(try await looks.look(at: "lb1", after: &after) { await asker.ask() } == expected)
        }
        var after = Instant.now
        _ = try await looks.look(at: "lb1", after: &after) { await asker.ask() }
        #expect(try await looks.look(at: "lb1", after: &after) { await asker.ask() } == 5)
    }

    @Test func `one balancer's answer is not another's`() async throws {
        let began = Instant.now
        var (first, second) = (began, began)
        #expect(try await looks.look(at: "lb1", after: &first) { 1 } == 1)
        #expect(try await looks.look(at: "lb2", after: &second) { 2 } == 2)
    }

    @Test func `what a server refused is everybody's answer`() async throws {
        var (first, second) = (Instant.now, Instant.now)
        let refusal = PostgresError(kind: .connection, message: "refused")
        await #expect(throws: PostgresError.self) { try await looks.look(at: "lb1", after: &first) { throw refusal } }
        await #expect(throws: PostgresError.self) { try await looks.look(at: "lb1", after: &second) { 2 } }
    }

    @Test func `who is cut while asking leaves it to the next one`() async throws {
        let asker = Asker()
        let asking = Task {
            var after = Instant.now
            return try await looks.look(at: "lb1", after: &after) { try await asker.askForEver() }
        }
        await asker.hasBegun()
        asking.cancel()
        var after = Instant.now
        #expect(try await looks.look(at: "lb1", after: &after) { 7 } == 7)
        await #expect(throws: CancellationError.self) { try await asking.value }
    }
}

/// Counts how often it is asked.
private actor Asker {
    private(set) var count = 0

    func ask() -> Int {
        count += 1
        return count
    }

    func askForEver() async throws -> Int {
        count += 1
        try await Task.sleep(for: .seconds(600))
        return 0
    }

    func hasBegun() async {
        while count == 0 { await Task.yield() }
    }
}
