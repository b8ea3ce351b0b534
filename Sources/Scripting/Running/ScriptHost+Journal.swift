internal import ClusterModel
internal import Orchestration

extension ScriptHost {
    /// Carries out a request, or answers it from what an earlier attempt at the run was answered.
    func perform(_ request: RecordedRequest, in journal: RunJournal) async throws -> Document {
        let call = PrimitiveCall(orchestrator: orchestrator, console: console, arguments: request.bound)
        switch try await journal.recall(request, clock: orchestrator.backend) {
        case .answered(let answer): return answer
        case .failed(let error): throw error
        case .withheld: return try await request.primitive.body(call)
        case .begun(let open):
            orchestrator.events.receive(.note("\(request.text) was cut: completing it"))
            return try await recorded(request, in: journal) {
                try await complete(request, open, call, doubt: journal.doubt)
            }
        case .new:
            if request.effect != .read { journal.begin(request, intention: await intentions.of(request)) }
            return try await recorded(request, in: journal) { try await request.primitive.body(call) }
        }
    }

    private var intentions: Intention { Intention(orchestrator: orchestrator, primitives: primitives) }

    private func recorded(
        _ request: RecordedRequest,
        in journal: RunJournal,
        _ work: () async throws -> Document
    ) async throws -> Document {
        let begin = ContinuousClock.now
        do {
            let answer = try await work()
            let seconds = (ContinuousClock.now - begin).seconds
            journal.end(request, answer, world: await world(after: request), seconds: seconds)
            return answer
        } catch {
            journal.fail(request, error, seconds: (ContinuousClock.now - begin).seconds)
            throw error
        }
    }

    private func world(after request: RecordedRequest) async -> Document? {
        guard request.effect != .read, !request.isUncertain, let cluster = request.cluster else { return nil }
        return await World.seen(cluster, by: orchestrator)
    }

    private func complete(
        _ request: RecordedRequest,
        _ open: JournalPast.Open,
        _ call: PrimitiveCall,
        doubt: RunJournal.Doubt
    ) async throws -> Document {
        if let done = try await intentions.complete(request, open.intention, call) { return done }
        guard open.intention["uncertain"] == true else { return try await request.primitive.body(call) }
        switch doubt {
        case .repeat: return try await request.primitive.body(call)
        case .skip: return .null
        case .refuse:
            throw ClusterError(
                .conflict,
                operation: "complete \(request.text)",
                message: "the run was cut while it was under way, and nothing tells whether it happened",
                advice: "look for yourself, then resume with --repeat to do it again, or with --skip if it was done"
            )
        }
    }
}

extension Primitive {
    /// Whether a journal has it: not what follows from its arguments alone.
    var isRecorded: Bool { !name.hasPrefix("data.") && name != "args.parse" && name != "run.refuse" }
}
