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
        try await bounded(request) {
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

    /// The version that calls use, asked of the engine once.
    func apiVersion(for request: EngineRequest) async throws -> APIVersion {
        if let known = negotiated.value { return known }
        let ping = EngineRequest(operation: request.operation, method: .get, path: ["_ping"])
        let response = try await execute(ping, prefix: "")
        _ = try await response.body.collect(upTo: ping.maximumBytes)
        return try negotiated.settle(response.headers.first(name: "Api-Version"), operation: request.operation)
    }

    private func open(_ request: EngineRequest) async throws -> HTTPClientResponse {
        let version = try await apiVersion(for: request)
        return try await execute(request, prefix: "/v\(version)")
    }

    private func execute(_ request: EngineRequest, prefix: String) async throws -> HTTPClientResponse {
        let message = request.httpRequest(url: origin + prefix + request.target)
        let response = try await head(message, isRepeatable: request.method == .get)
        guard response.status.code >= 400 else { return response }
        let body = try await response.body.collect(upTo: request.maximumBytes)
        throw EngineError(refusal: body, status: response.status.code, operation: request.operation)
    }

    /// The answer's head. An engine that restarts closes idle connections, and a request may just have been sent on one: what
    /// changes nothing is then sent once more.
    private func head(_ message: HTTPClientRequest, isRepeatable: Bool) async throws -> HTTPClientResponse {
        // The limit is kept by `bounded`, which also covers the body.
        do {
            return try await connections.pool.execute(message, deadline: .distantFuture)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && isRepeatable {
            return try await connections.pool.execute(message, deadline: .distantFuture)
        }
    }

    private func bounded<Value: Sendable>(
        _ request: EngineRequest,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await within(request.limit, body)
        } catch {
            throw EngineError(error, operation: request.operation, address: address)
        }
    }
}
