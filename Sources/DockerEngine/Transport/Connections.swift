import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Owns the connection pool and its thread, and ends both, at the latest when the last client that shares them goes away.
final class Connections: Sendable {
    let pool: HTTPClient
    let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let isOpen = Mutex(true)

    /// - Parameter tls: The TLS settings of a TCP endpoint that has them.
    init(tls: TLSConfiguration?) {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // Fail at the first refusal instead of trying until the connect limit.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Followed logs and events hold a connection each; the pool's own limit of 8 would make calls queue behind them.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        pool = HTTPClient(eventLoopGroup: threads, configuration: configuration)
    }

    func shutdown() async {
        guard close() else { return }
        // Neither can fail in a way that a caller could act on: what is left is ended with the process.
        try? await pool.shutdown()
        try? await threads.shutdownGracefully()
    }

    private func close() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
    }

    deinit {
        guard close() else { return }
        pool.shutdown { [threads] _ in threads.shutdownGracefully { _ in } }
    }
}
