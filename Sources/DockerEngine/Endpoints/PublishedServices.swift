internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// A plain HTTP request to a service that some container publishes, such as `http://127.0.0.1:18080/api/v1/status`.
public struct ServiceRequest: Sendable, Equatable {
    /// What is asked of the service.
    public enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// The address with its path.
    public var url: String
    /// `get` unless told otherwise.
    public var method: Method
    /// Sent as `Authorization: Bearer …`; nil for none.
    public var token: String?
    /// JSON; nothing for `get`.
    public var body: [UInt8]
    /// For connecting and the whole answer.
    public var limit: Duration

    /// A request; its answer is taken into memory, 1 MiB at most.
    public init(
        _ url: String,
        method: Method = .get,
        token: String? = nil,
        body: [UInt8] = [],
        limit: Duration
    ) {
        self.url = url
        self.method = method
        self.token = token
        self.body = body
        self.limit = limit
    }
}

/// What a service answered, whatever its status.
public struct ServiceAnswer: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// The body.
    public var body: [UInt8]
}

extension DockerClient {
    /// The answer of a service that some container publishes; a status of 400 or more is an answer too.
    ///
    /// Not a call of the engine's API: it shares the client's connections and errors, and is here so that nobody needs another client.
    /// - Throws: `.unreachable` when nothing answers there, `.timedOut` when the limit passed.
    public func call(_ request: ServiceRequest) async throws(EngineError) -> ServiceAnswer {
        let operation = "\(request.method.rawValue) \(request.url)"
        do {
            return try await within(request.limit) { try await answer(to: request) }
        } catch let error as TimeLimitPassed {
            throw EngineError(error, operation: operation, address: address)
        } catch is CancellationError {
            throw EngineError(code: .cancelled, operation: operation, message: "the call was cancelled")
        } catch {
            throw EngineError(code: .unreachable, operation: operation, message: "\(error)", cause: error)
        }
    }

    private func answer(to request: ServiceRequest) async throws -> ServiceAnswer {
        if let call = request.directCall {
            let answer = try await call.answer()
            return ServiceAnswer(status: answer.status, body: answer.body)
        }
        // The limit is kept by the caller, which also covers the body.
        let response = try await transport.connections.pool.client.execute(request.message, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: Self.largestAnswer)
        try Task.checkCancellation()
        return ServiceAnswer(status: Int(response.status.code), body: Array(buffer: body))
    }

    fileprivate static let largestAnswer = 1 << 20
}

extension ServiceRequest {
    fileprivate var message: HTTPClientRequest {
        var message = HTTPClientRequest(url: url)
        message.method = HTTPMethod(rawValue: method.rawValue)
        // A connection that was kept may just have been closed at the other end, and a change must not be sent twice.
        message.headers.add(name: "Connection", value: "close")
        if let token { message.headers.add(name: "Authorization", value: "Bearer \(token)") }
        guard method == .post else { return message }
        message.headers.add(name: "Content-Type", value: "application/json")
        message.body = .bytes(ByteBuffer(bytes: body))
        return message
    }

    /// A question to a numeric address needs no pool.
    fileprivate var directCall: DirectCall? {
        let scheme = "http://"
        guard method == .get, token == nil, url.hasPrefix(scheme) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]), parts[0].allSatisfy({ $0.isNumber || $0 == "." }) else {
            return nil
        }
        return DirectCall(
            place: .tcp(address: String(parts[0]), port: port),
            target: String(rest.dropFirst(authority.count)),
            host: String(authority),
            limit: limit,
            maximumBytes: DockerClient.largestAnswer
        )
    }
}
