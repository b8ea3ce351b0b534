/// One check: clients write while something happens, and what they were told is compared with what is there afterwards.
public struct Check: Sendable {
    private let plan: CheckPlan
    private let stage: Stage
    private let boards: [ProbeBoard]
    private let pool = PoolBoard()

    /// A check of one balancer and its nodes.
    public init(_ plan: CheckPlan) {
        self.plan = plan
        stage = Stage(maximum: plan.maximumWrites)
        boards = plan.nodes.map { _ in ProbeBoard() }
    }

    /// Runs the event under load and judges what came of it.
    ///
    /// - Throws: `CheckFailure` when the check itself could not be carried out, and what the event throws.
    public func during(_ event: @escaping @Sendable (CheckEvent) async throws -> Void) async throws -> CheckReport {
        let ground = Ground(plan: plan)
        let primaryBefore = try await onThread { try ground.prepare() }
        let crew = Crew(plan: plan, stage: stage, boards: boards, pool: pool)
        async let notes = crew.run()
        let happened: CheckEvent.Record
        do {
            happened = try await accompany(event)
        } catch {
            stage.end()
            _ = await notes
            throw error
        }
        stage.end()
        let all = await notes
        return try await onThread {
            var report = CheckReport()
            report.primaryBefore = primaryBefore
            Summary(begin: happened.begin, boards: boards, nodes: plan.nodes, pool: pool).write(all, into: &report)
            report.note(happened)
            do {
                try Readback(ground: ground).write(all, into: &report)
            } catch { report.complaints.append("\(error)") }
            return report
        }
    }

    private func accompany(
        _ event: @escaping @Sendable (CheckEvent) async throws -> Void
    ) async throws -> CheckEvent.Record {
        try await everyClientWrites(atLeast: plan.pause > 0 ? 5 : 50)
        let current = CheckEvent(stage)
        try await event(current)
        var record = current.record
        record.end = stage.now
        // A cluster that does not come back is a finding, not a failure of the check.
        do {
            try await rest(plan.after)
            try await everyClientWrites(atLeast: 3)
            if plan.waitsForHealth { record.healthy = try await health() }
        } catch let failure as CheckFailure {
            record.complaints.append(failure.description)
        }
        return record
    }

    /// Waits until every client has so many more acknowledged writes than now.
    private func everyClientWrites(atLeast count: Int) async throws {
        let begin = stage.progress
        try await until("every client has \(count) more writes", because: { "newest writes: \(stage.progress)" }) {
            let now = stage.progress
            return (0..<plan.clients).allSatisfy { (now[$0] ?? -1) - (begin[$0] ?? -1) >= count }
        }
    }

    /// Waits until all nodes but one stream, that one accepts writes, and the balancer holds all of them up, for half a
    /// second; returns since when it has been so.
    private func health() async throws -> Double {
        var since: Double?
        try await until("every node streams and is attached", because: { "\(states)" }) {
            guard isHealthy else {
                since = nil
                return false
            }
            since = since ?? stage.now
            return stage.now - (since ?? stage.now) > 0.5
        }
        let changes = boards.map { $0.now.changes.last?.moment ?? 0 } + [pool.changes.last?.moment ?? 0]
        return changes.max() ?? 0
    }

    private var states: [String] {
        zip(plan.nodes, boards).map { node, board in
            "\(node.name): \(board.state(at: stage.now, notOlderThan: 1)?.rawValue ?? "not seen")"
        } + ["up in the balancer: \(pool.up(at: stage.now, notOlderThan: 8))"]
    }

    private var isHealthy: Bool {
        let states = boards.map { $0.state(at: stage.now, notOlderThan: 1) }
        return states.count { $0 == .writable } == 1 && states.count { $0 == .streaming } == states.count - 1
            && pool.up(at: stage.now, notOlderThan: 8) >= states.count
    }

    private func until(
        _ what: String,
        because: () -> String,
        _ condition: () -> Bool
    ) async throws {
        let deadline = stage.now + plan.limit
        while !condition() {
            guard stage.now < deadline, !stage.isOver else {
                throw CheckFailure(description: "waited \(plan.limit) s in vain until \(what); \(because())")
            }
            try await rest(0.02)
        }
    }

    private func rest(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await onOwnThread { Result { try work() } }.get()
    }
}
