internal import ClusterModel
internal import Orchestration

/// Steps that the balancer's agent carries out: it goes on, or rolls back, by itself when this process dies half-way.
extension StepWork {
    func pauseClients(of name: String, seconds: Int) async throws -> String? {
        let answer = try await tell(
            name,
            "clients/pause",
            ["seconds": .integer(seconds)],
            "hold the clients of \(name)",
            within: .seconds(seconds + 15)
        )
        let waiting = answer["clients"]?.wholeNumber.map { "\($0) clients wait; " } ?? ""
        return "\(waiting)they are let go in \(seconds) s at the latest"
    }

    func resumeClients(of name: String) async throws -> String? {
        _ = try await tell(
            name,
            "clients/resume",
            .object([]),
            "let the clients of \(name) go on",
            within: .seconds(15)
        )
        return nil
    }

    func switchover(_ name: String, to id: Int?, seconds: Int) async throws -> String? {
        let target = try id.map { try node($0, of: name).host } ?? "its best replica"
        let answer = try await tell(
            name,
            "switchover",
            ["to": id.map(Document.integer) ?? .null, "seconds": .integer(seconds)],
            "switch \(name) over to \(target)",
            within: .seconds(seconds + 30)
        )
        return try promotionNote(answer, of: name)
    }

    func failover(_ name: String, to id: Int?) async throws -> String? {
        let target = try id.map { try node($0, of: name).host } ?? "its most advanced replica"
        let answer = try await tell(
            name,
            "failover",
            ["to": id.map(Document.integer) ?? .null],
            "force \(name) over to \(target)",
            within: .seconds(60)
        )
        return try promotionNote(answer, of: name)
    }

    /// "replica1 is the primary (term 3) after 0.52 s", or what the agent said in its place.
    private func promotionNote(_ answer: Document, of name: String) throws -> String? {
        guard let id = answer["to"]?.wholeNumber else { return answer["status"]?.text }
        for phase in answer["phases"].elements { phase.phaseText.map(progress) }
        let term = answer["term"]?.wholeNumber.map { " in term \($0)" } ?? ""
        let seconds = answer["seconds"]?.double.map { ", after \($0.hundredths) s" } ?? ""
        return "\(try node(id, of: name).host) is the primary\(term)\(seconds)"
    }

    /// Has a balancer's agent do something; its refusal is the error of the step.
    func tell(
        _ name: String,
        _ path: String,
        _ body: Document,
        _ operation: String,
        within limit: Duration
    ) async throws -> Document {
        do {
            return try await ask(name, path, body, operation, within: limit)
        } catch let refusal as AgentRefusal {
            throw refusal.error
        }
    }

    /// As `tell`, for callers that decide on an ``AgentRefusal``.
    func ask(
        _ name: String,
        _ path: String,
        _ body: Document,
        _ operation: String,
        within limit: Duration
    ) async throws -> Document {
        let call = AgentCall(
            client: client,
            balancer: try balancer(name),
            host: host,
            token: try await secrets()[.rest]
        )
        return try await call.post(path, body, operation: operation, limit: limit)
    }
}
