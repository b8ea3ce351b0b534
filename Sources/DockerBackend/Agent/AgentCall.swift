internal import ClusterModel
internal import DockerEngine
internal import Foundation
internal import Orchestration

/// A call that makes the agent in our balancer image do something. The agent verifies what it did before it answers, and its
/// refusals carry a reason for people and a code for programs.
struct AgentCall {
    let client: DockerClient
    let balancer: BalancerSpec
    /// Where the balancer's REST port is published.
    let host: String
    let token: String

    /// Sends the call and returns what the agent did.
    /// - Parameters:
    ///   - path: Below `/api/v1/`.
    ///   - operation: What is tried, for an error: "switch lb1 over to replica1".
    ///   - limit: For the whole call; the agent's own bounds are shorter.
    /// - Throws: ``AgentRefusal`` when the agent says no: with `.conflict` nothing has changed, with `.failed` it tried and did not
    ///   succeed. `ClusterError` when it did not answer; after `.timedOut` only a look tells what happened.
    func post(_ path: String, _ body: Document, operation: String, limit: Duration) async throws -> Document {
        try requireAgent(operation)
        let url = "http://\(host):\(balancer.restPort)/api/v1/\(path)"
        let request = ServiceRequest(
            url,
            method: .post,
            token: token,
            body: Array(body.json(pretty: false).utf8),
            limit: limit
        )
        let answer: ServiceAnswer
        do {
            answer = try await client.call(request)
        } catch {
            throw unanswered(error, operation)
        }
        let document = (try? Document(json: answer.body, source: url)) ?? .null
        guard answer.status < 400 else {
            throw AgentRefusal(status: answer.status, document, by: balancer.name, operation: operation)
        }
        return document
    }

    private func requireAgent(_ operation: String) throws {
        guard !balancer.driver.hasAgent else { return }
        throw ClusterError(
            .failed,
            operation: operation,
            message:
                "\(balancer.name) runs \(balancer.driver.program), which does not carry out such calls",
            advice: "leave `image` of \(balancer.name) out of the topology: the default image can do it"
        )
    }

    private func unanswered(_ error: EngineError, _ operation: String) -> ClusterError {
        switch error.code {
        case .cancelled: return ClusterError(error)
        case .timedOut:
            return ClusterError(
                .timedOut,
                operation: operation,
                message: "the agent of \(balancer.name) has not answered: \(error.message)",
                advice:
                    "what it did is not known: pgbc status shows what is so, and running the same command again is safe"
            )
        default:
            return ClusterError(
                .failed,
                operation: operation,
                message:
                    "the agent of \(balancer.name) does not answer at \(host):\(balancer.restPort): \(error.message)",
                advice: "pgbc status and pgbc logs \(balancer.name) tell more"
            )
        }
    }
}

extension Document {
    /// A phase of an operation of the agent, as people read it: `0.21 s  promoted: node 1 accepts writes`.
    var phaseText: String? {
        guard let phase = self["phase"]?.text else { return nil }
        let after = self["after"]?.double.map { "\($0.hundredths) s  " } ?? ""
        let text = self["text"]?.text.map { ": \($0)" } ?? ""
        return "\(after)\(phase)\(text)"
    }
}

extension Double {
    /// The number with two digits after the point.
    var hundredths: String { String(format: "%.2f", self) }
}
