internal import ClusterModel
internal import Orchestration

/// The agent's no: what people read of it, and the code by which programs tell one from another.
struct AgentRefusal: Error {
    /// The codes on which something is decided here.
    enum Code: String {
        /// The node is not fit yet, by the agent's latest look.
        case notReady = "not_ready"
        /// Another operation is under way, or the agent is just putting its nodes in order.
        case busy
        /// An older agent, which does not have the call at all.
        case noRoute = "no_route"
    }

    /// `nil` for every other code, and where the answer carries none.
    let code: Code?
    let error: ClusterError

    /// True when asking again soon may bring another answer.
    var mayPass: Bool { code == .notReady || code == .busy }

    /// - Parameters:
    ///   - status: Of 400 or more.
    ///   - document: `{"error", "reason", "code", "phases"}`, each of which may be missing.
    init(status: Int, _ document: Document, by balancer: String, operation: String) {
        code = document["code"]?.text.flatMap(Code.init)
        let reason = document["reason"]?.text ?? document["message"]?.text ?? document["error"]?.text
        error = ClusterError(
            Self.code(of: status),
            operation: operation,
            message: reason ?? "the agent of \(balancer) answered with status \(status)",
            advice: code == .noRoute ? "\(balancer) was made with an older image: pgbc upgrade makes it anew" : nil,
            details: document["phases"].elements.compactMap(\.phaseText)
        )
    }

    private static func code(of status: Int) -> ClusterError.Code {
        switch status {
        case 400: .invalid
        case 401, 403: .permissionDenied
        case 404: .notFound
        case 409: .conflict
        case 504: .timedOut
        default: .failed
        }
    }
}
