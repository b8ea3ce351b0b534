internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Orchestration

/// Requests of scripts over async-http-client. The connections of a request end with it: scripts send few.
struct PooledWebClient: WebClient {
    func answer(to request: WebRequest) async throws -> WebAnswer {
        let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: .plain)
        let result: Result<WebAnswer, any Error>
        do {
            result = .success(try await answer(to: request, by: client))
        } catch {
            result = .failure(error)
        }
        // What cannot be closed is closed with the process.
        try? await client.shutdown()
        do {
            return try result.get()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            throw ClusterError(error, of: request)
        }
    }

    private func answer(to request: WebRequest, by client: HTTPClient) async throws -> WebAnswer {
        try await withThrowingTaskGroup(of: WebAnswer.self) { group in
            group.addTask { try await exchange(request, client) }
            group.addTask {
                try await Task.sleep(for: request.timeout)
                throw AnswerOverdue()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func exchange(_ request: WebRequest, _ client: HTTPClient) async throws -> WebAnswer {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for field in request.headers { message.headers.add(name: field.name, value: field.value) }
        if !request.body.isEmpty { message.body = .bytes(ByteBuffer(string: request.body)) }
        let response = try await client.execute(message, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: request.maximumBytes)
        return WebAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { .init($0.name, $0.value) },
            body: String(buffer: body)
        )
    }
}

/// The time limit of a request passed.
private struct AnswerOverdue: Error {}

extension HTTPClient.Configuration {
    /// Every hop of a redirect is the script's to follow, because its host has to be granted too.
    fileprivate static var plain: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

extension ClusterError {
    fileprivate init(_ error: any Error, of request: WebRequest) {
        let operation = request.title
        switch error {
        case is AnswerOverdue:
            let seconds = (request.timeout / .seconds(1)).shortText
            self.init(.timedOut, operation: operation, message: "there was no whole answer within \(seconds) s")
        case is NIOTooManyBytesError:
            let limit = request.maximumBytes
            self.init(
                .failed,
                operation: operation,
                message: "the answer is longer than \(limit) bytes",
                advice: "limit = BYTES takes more"
            )
        case let error as NIOConnectionError where error.connectionErrors.isEmpty:
            self.init(.failed, operation: operation, message: "there is no host \(error.host)")
        case let error as NIOConnectionError:
            let reasons = Set(error.connectionErrors.map { String(describing: $0.error) }).sorted()
            self.init(.failed, operation: operation, message: reasons.joined(separator: "; "))
        default:
            self.init(.failed, operation: operation, message: String(describing: error))
        }
    }
}
