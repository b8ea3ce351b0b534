import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Owns the connection pool and its thread, makes them when they are first needed, and ends both, at the latest when the last client
/// that shares them goes away.
final class Connections: Sendable {
    /// What is there while it is open.
    struct Pool: Sendable {
        let client: HTTPClient
        let threads: MultiThreadedEventLoopGroup
    }

    private enum State {
        case unused
        case open(Pool)
        case closed
    }

    private let tls: TLSConfiguration?
    private let state = Mutex(State.unused)

    /// - Parameter tls: The TLS settings of a TCP endpoint that has them.
    init(tls: TLSConfiguration?) { self.tls = tls }

    /// - Throws: `HTTPClientError.alreadyShutdown`.
    var pool: Pool {
        get throws {
            try state.withLock { state in
                switch state {
                case .open(let pool): return pool
                case .closed: throw HTTPClientError.alreadyShutdown
                case .unused:
                    let pool = makePool()
                    state = .open(pool)
                    return pool
                }
            }
        }
    }

    private func makePool() -> Pool {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // Fail at the first refusal instead of trying until the connect limit.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Followed logs and events hold a connection each; the pool's own limit of 8 would make calls queue behind them.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        return Pool(client: HTTPClient(eventLoopGroup: threads, configuration: configuration), threads: threads)
    }

    func shutdown() async {
        guard let pool = close() else { return }
        // Neither can fail in a way that a caller could act on: what is left is ended with the process.
        try? await pool.client.shutdown()
        try? await pool.threads.shutdownGracefully()
    }

    /// The pool that is to be ended now, where there is one.
    private func close() -> Pool? {
        state.withLock { state in
            defer { state = .closed }
            guard case .open(let pool) = state else { return nil }
            return pool
        }
    }

    deinit {
        guard let pool = close() else { return }
        let threads = pool.threads
        pool.client.shutdown { _ in threads.shutdownGracefully { _ in } }
    }
}
