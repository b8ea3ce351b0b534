internal import NIOCore
internal import AsyncHTTPClient
internal import NIOHTTP1

extension DockerClient {
    /// The answer to a plain HTTP GET of a service that some container publishes, such as `http://127.0.0.1:18080/api/v1/status`.
    ///
    /// Not a call of the engine's API: it shares the client's connections and errors, and is here so that nobody needs another client.
    /// - Parameter limit: for connecting and the whole answer, of at most 1 MiB.
    public func fetch(_ url: String, limit: Duration) async throws(EngineError) -> [UInt8] {
        let operation = "get \(url)"
        do {
            return try await within(limit) { try await answer(to: url, operation: operation) }
        } catch let error as EngineError {
            throw error
        } catch let error as TimeLimitPassed {
            throw EngineError(error, operation: operation, address: address)
        } catch {
            throw EngineError(code: .unreachable, operation: operation, message: "\(error)", cause: error)
        }
    }

    private func answer(to url: String, operation: String) async throws -> [UInt8] {
        // The limit is kept by the caller, which also covers the body.
        let response = try await transport.connections.pool.execute(
            HTTPClientRequest(url: url),
            deadline: .distantFuture
        )
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status.code < 400 else {
            throw EngineError(
                code: .protocolError,
                operation: operation,
                message: String(buffer: body),
                status: Int(response.status.code)
            )
        }
        return Array(buffer: body)
    }
}
