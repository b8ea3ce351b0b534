internal import ClusterModel
internal import Orchestration

/// One request of a script, as a journal names it.
struct RecordedRequest: Sendable {
    let path: String
    let primitive: Primitive
    /// In the order in which the script gave them.
    let values: [Document]
    /// By the names of the parameters.
    let bound: [String: Document]

    var effect: Primitive.Effect { primitive.effect(for: bound) }
    /// The arguments as the journal shows them.
    var arguments: Document { Secrets.hidden(in: .array(values), of: primitive.name) }
    var cluster: String? { bound["cluster"]?.text }

    /// How a reader would write it: `lb:scale(4)`, without the objects that it is about.
    var text: String {
        let own = zip(primitive.parameters, values).filter { !["cluster", "balancer", "node"].contains($0.0.name) }
        return "\(primitive.spelling)(\(own.map { $0.1.json() }.joined(separator: ", ")))"
    }
}

/// What an earlier attempt at a run knows of a request.
enum Recollection: Sendable {
    case answered(Document)
    case failed(any Error)
    /// It was answered with something that is asked again.
    case withheld
    /// It was begun, and nobody knows whether it happened.
    case begun(JournalPast.Open)
    case new
}

extension RunJournal {
    /// What is known of a request, once it is its turn.
    func recall(_ request: RecordedRequest, clock: any ClusterBackend) async throws -> Recollection {
        guard let past else { return .new }
        guard let number = past.index[request.path] else {
            try await turn(past.entries.count, of: past, for: request, clock)
            guard let open = past.open[request.path] else { return .new }
            try check(open.name, open.arguments, against: request)
            return .begun(open)
        }
        let entry = past.entries[number]
        try check(entry.name, entry.arguments ?? "", against: request)
        try await turn(number, of: past, for: request, clock)
        replay.advance(past: number)
        switch entry.end {
        case .answered(let result): return .answered(result)
        case .failed(let error): return .failed(RecordedError.error(from: error))
        case .withheld: return .withheld
        case .limitReached: return .new
        case .cancelled:
            try await turn(.max, of: past, for: request, clock)
            return .new
        }
    }

    private func turn(
        _ number: Int,
        of past: JournalPast,
        for request: RecordedRequest,
        _ clock: any ClusterBackend
    ) async throws {
        do {
            try await replay.turn(number, clock: clock)
        } catch let stall as ReplayStalled {
            let missing = past.entries.indices.contains(stall.position) ? past.entries[stall.position].name : "nothing"
            throw ClusterError.anotherWay(header.id, path: request.path, expected: missing, got: request.primitive.name)
        }
    }

    private func check(_ name: String, _ arguments: String, against request: RecordedRequest) throws {
        guard name != request.primitive.name || arguments != request.arguments.json() else { return }
        throw ClusterError.anotherWay(
            header.id,
            path: request.path,
            expected: "\(name)\(arguments)",
            got: "\(request.primitive.name)\(request.arguments.json())"
        )
    }

    /// Before a change: what is about to be done, on the disk before it is.
    func begin(_ request: RecordedRequest, intention: Document) {
        var record = fields("asked", request)
        record.append(.init("arguments", request.arguments))
        if let cluster = request.cluster { record.append(.init("cluster", .string(cluster))) }
        if intention != .null { record.append(.init("intention", intention)) }
        write(.object(record), keeping: true, flushing: true)
    }

    /// The answer of a request.
    func end(_ request: RecordedRequest, _ answer: Document, world: Document?, seconds: Double) {
        var record = ending("answered", request, seconds)
        if Secrets.withholds(request.primitive.name) {
            record.append(.init("withheld", true))
        } else if answer != .null {
            record.append(.init("result", answer))
        }
        if let world { record.append(.init("world", world)) }
        write(.object(record))
    }

    /// The failure of a request.
    func fail(_ request: RecordedRequest, _ error: any Error, seconds: Double) {
        if Task.isCancelled || error is CancellationError {
            return lapse(.object(ending("cancelled", request, seconds)))
        }
        write(.object(ending("failed", request, seconds) + [.init("error", RecordedError.document(of: error))]))
    }

    /// The time limit of a thread was reached.
    func reachLimit(of thread: String) { write(["kind": "limit", "path": .string(thread)]) }

    /// Returns when the time limit of a thread is reached that was reached before; `false` when it was not.
    func awaitLimit(of thread: String) async throws -> Bool {
        guard let past else { return false }
        let number = past.limit(of: thread)
        try await replay.wait(number ?? past.entries.count)
        if let number { replay.advance(past: number) }
        return number != nil
    }

    private func fields(_ kind: String, _ request: RecordedRequest) -> [Document.Member] {
        [
            .init("kind", .string(kind)), .init("path", .string(request.path)),
            .init("name", .string(request.primitive.name)),
        ]
    }

    private func ending(_ kind: String, _ request: RecordedRequest, _ seconds: Double) -> [Document.Member] {
        var record = fields(kind, request)
        if request.effect == .read { record.append(.init("arguments", request.arguments)) }
        record.append(.init("seconds", .number((seconds * 1e6).rounded() / 1e6)))
        return record
    }
}

extension ClusterError {
    static func anotherWay(_ id: String, path: String, expected: String, got: String) -> ClusterError {
        ClusterError(
            .conflict,
            operation: "resume \(id)",
            message: "the script took another way than before: request \(path) was \(expected.shortened), now it is "
                + got.shortened,
            advice: "something that it depends on has changed; run it anew"
        )
    }
}

extension String {
    fileprivate var shortened: String { count > 200 ? prefix(200) + "…" : self }
}
