import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests: one place for the API version, the time limit, and the meaning of a status.
struct Transport: Sendable {
    let address: EngineAddress
    let connections: Connections
    private let origin: String
    private let negotiated = NegotiatedVersion()

    init(address: EngineAddress) throws(EngineError) {
        self.address = address
        connections = Connections(tls: try address.tlsConfiguration())
        origin = address.origin
    }

    /// A whole answer with a status below 400.
    struct Reply: Sendable {
        var status: UInt
        var body: ByteBuffer
    }

    /// Sends the request and collects the answer within the request's limit.
    func collect(_ request: EngineRequest) async throws(EngineError) -> Reply {
        if let place = address.directPlace, request.method == .get { return try await collect(request, at: place) }
        return try await bounded(request) {
            let response = try await open(request)
            let body = try await response.body.collect(upTo: request.maximumBytes)
            try Task.checkCancellation()
            return Reply(status: response.status.code, body: body)
        }
    }

    /// Sends the request and returns when the answer's head is there; the body is still to be read.
    func stream(_ request: EngineRequest) async throws(EngineError) -> HTTPClientResponse {
        try await bounded(request) { try await open(request) }
    }

    /// The version that the engine speaks, asked of it once: for requests that cannot be sent a second time.
    func apiVersion(for request: EngineRequest) async throws -> APIVersion {
        if let known = negotiated.value { return known }
        let ping = EngineRequest(operation: request.operation, method: .get, path: ["_ping"])
        let message = ping.httpRequest(url: origin + ping.target)
        let response = try await connections.pool.client.execute(message, deadline: .distantFuture)
        _ = try await response.body.collect(upTo: ping.maximumBytes)
        return try negotiated.settle(response.headers.first(name: "Api-Version"), operation: request.operation)
    }

    // MARK: - By the pool

    private func open(_ request: EngineRequest) async throws -> HTTPClientResponse {
        // A stream can be sent only once, so it has to be the right version at once.
        if case .tarStream = request.body { _ = try await apiVersion(for: request) }
        let response = try await execute(request, version: negotiated.value ?? .oldest)
        guard try isAnotherVersion(response.headers.first(name: "Api-Version"), request) else {
            return try await accepted(response, request)
        }
        guard response.status.code == 400 else { return try await accepted(response, request) }
        return try await accepted(try await execute(request, version: negotiated.value ?? .oldest), request)
    }

    private func accepted(_ response: HTTPClientResponse, _ request: EngineRequest) async throws -> HTTPClientResponse {
        guard response.status.code >= 400 else { return response }
        let body = try await response.body.collect(upTo: request.maximumBytes)
        throw EngineError(refusal: body, status: response.status.code, operation: request.operation)
    }

    /// The answer's head. An engine that restarts closes idle connections, and a request may just have been sent on one: what
    /// changes nothing is then sent once more.
    private func execute(_ request: EngineRequest, version: APIVersion) async throws -> HTTPClientResponse {
        let message = request.httpRequest(url: origin + "/v\(version)" + request.target)
        // The limit is kept by `bounded`, which also covers the body.
        do {
            return try await connections.pool.client.execute(message, deadline: .distantFuture)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && request.method == .get {
            return try await connections.pool.client.execute(message, deadline: .distantFuture)
        }
    }

    // MARK: - Directly

    private func collect(_ request: EngineRequest, at place: DirectCall.Place) async throws(EngineError) -> Reply {
        do {
            var answer = try await ask(request, at: place)
            if try isAnotherVersion(answer.fields["api-version"], request), answer.status == 400 {
                answer = try await ask(request, at: place)
            }
            try Task.checkCancellation()
            let body = ByteBuffer(bytes: answer.body)
            guard answer.status < 400 else {
                throw EngineError(refusal: body, status: UInt(answer.status), operation: request.operation)
            }
            return Reply(status: UInt(answer.status), body: body)
        } catch {
            throw EngineError(error, operation: request.operation, address: address)
        }
    }

    /// What changes nothing is sent once more when the connection was dropped.
    private func ask(_ request: EngineRequest, at place: DirectCall.Place) async throws -> DirectAnswer {
        let call = DirectCall(
            place: place,
            target: "/v\(negotiated.value ?? .oldest)" + request.target,
            host: "docker",
            limit: request.limit,
            maximumBytes: request.maximumBytes
        )
        do {
            return try await call.answer()
        } catch let error as DirectError {
            guard error.isDroppedConnection else { throw error }
            return try await call.answer()
        }
    }

    /// Settles the version by the first answer: until then requests are sent in the oldest one that this client knows, which is
    /// also what most engines speak. True when the engine speaks another, so that a refusal may be because of that.
    private func isAnotherVersion(_ offered: String?, _ request: EngineRequest) throws(EngineError) -> Bool {
        if negotiated.value != nil { return false }
        return try negotiated.settle(offered, operation: request.operation) != .oldest
    }

    /// The error in this client's terms; of a TLS connection with what can be found out about it.
    func explained(_ error: any Error, _ request: EngineRequest) async -> EngineError {
        var known = EngineError(error, operation: request.operation, address: address)
        guard known.code == .tlsFailed, let pool = try? connections.pool else { return known }
        let diagnosis = TLSDiagnosis(address: address, threads: pool.threads)
        if let reason = await diagnosis.reason(of: error) {
            known.message = "no TLS connection to \(address): \(reason)"
        }
        return known
    }

    private func bounded<Value: Sendable>(
        _ request: EngineRequest,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await within(request.limit, body)
        } catch {
            throw await explained(error, request)
        }
    }
}
