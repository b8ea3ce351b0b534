package import Orchestration
import Synchronization

/// Answers requests over HTTP by their URL, and keeps them; what it does not know is not found.
package final class FakeWeb: WebClient {
    private let answers: [String: WebAnswer]
    private let received = Mutex<[WebRequest]>([])

    /// A client that knows these URLs.
    package init(_ answers: [String: WebAnswer] = [:]) { self.answers = answers }

    /// What was sent, in order.
    package var requests: [WebRequest] { received.withLock { $0 } }

    package func answer(to request: WebRequest) async throws -> WebAnswer {
        received.withLock { $0.append(request) }
        return answers[request.url] ?? WebAnswer(status: 404)
    }
}
