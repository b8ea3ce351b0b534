import NIOCore
import NIOPosix
import NIOSSL

extension Transport {
    /// Sends the request on a connection of its own, which from the answer on carries the raw bytes of a command.
    func hijack(_ request: EngineRequest) async throws(EngineError) -> HijackHandshake.Connection {
        do {
            return try await within(request.limit) {
                let version = try await apiVersion(for: request)
                return try await takeOver(request, prefix: "/v\(version)")
            }
        } catch {
            throw await explained(error, request)
        }
    }

    private func takeOver(_ request: EngineRequest, prefix: String) async throws -> HijackHandshake.Connection {
        let bytes = request.hijackBytes(target: prefix + request.target)
        let tls = try address.tlsConfiguration().map { try NIOSSLContext(configuration: $0) }
        let (channel, connection) = try await connect { channel in
            channel.eventLoop.makeCompletedFuture {
                let promise = channel.eventLoop.makePromise(of: HijackHandshake.Connection.self)
                if let tls { try channel.pipeline.syncOperations.addHandler(address.tlsHandler(tls)) }
                let handshake = HijackHandshake(request: bytes, operation: request.operation, promise: promise)
                try channel.pipeline.syncOperations.addHandler(handshake)
                return (channel, promise.futureResult)
            }
        }
        return try await withTaskCancellationHandler {
            try await connection.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func connect<Output: Sendable>(
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
    ) async throws -> Output {
        let bootstrap = ClientBootstrap(group: try connections.pool.threads)
            .connectTimeout(.seconds(5))
            .channelOption(.allowRemoteHalfClosure, value: true)
        switch address.endpoint {
        case .socket(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initializer)
        case .tcp(let host, let port, _):
            return try await bootstrap.connect(host: host, port: port, channelInitializer: initializer)
        }
    }
}

extension EngineAddress {
    fileprivate func tlsHandler(_ context: NIOSSLContext) throws -> NIOSSLClientHandler {
        guard case .tcp(let host, _, _) = endpoint else {
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
        // An address cannot be indicated; the certificate is then checked against the address itself.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}

extension EngineRequest {
    /// The whole request as it goes over the wire.
    fileprivate func hijackBytes(target: String) -> ByteBuffer {
        var content = ByteBuffer()
        if case .json(let bytes) = body { content = bytes }
        let head = """
            \(method.rawValue) \(target) HTTP/1.1\r
            Host: docker\r
            Connection: Upgrade\r
            Upgrade: tcp\r
            Content-Type: application/json\r
            Content-Length: \(content.readableBytes)\r
            \r

            """
        var bytes = ByteBuffer(string: head)
        bytes.writeBuffer(&content)
        return bytes
    }
}
