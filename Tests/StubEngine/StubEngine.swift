public import DockerEngine
import Foundation
import NIOCore
import NIOPosix

/// An engine that records what it is asked and answers as it is told, on a unix socket.
public actor StubEngine {
    /// What it was asked, in order.
    public private(set) var requests: [StubRequest] = []
    /// How many connections the client has closed.
    public private(set) var closedConnections = 0
    private var watchers: [AsyncStream<Never>.Continuation] = []

    /// The requests without the negotiation of the version.
    public var calls: [StubRequest] { requests.filter { $0.target != "/_ping" } }

    /// Returns once the condition holds, or when the test's own time limit cancels it.
    public func waitUntil(_ condition: @Sendable (isolated StubEngine) -> Bool) async {
        while !condition(self), !Task.isCancelled {
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            watchers.append(continuation)
            for await _ in stream {}
        }
    }

    /// Returns once the client has closed a connection. A request that was given up before it was sent closes none.
    public func waitUntilClosed(after target: String) async {
        await waitUntil { engine in
            engine.closedConnections > 0 || !engine.calls.contains { $0.target.contains(target) }
        }
    }

    func record(_ request: StubRequest) {
        requests.append(request)
        wake()
    }

    func recordClose() {
        closedConnections += 1
        wake()
    }

    private func wake() {
        let waiting = watchers
        watchers = []
        for watcher in waiting { watcher.finish() }
    }
}

typealias StubConnection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
/// What is answered to a request.
public typealias StubAnswers = @Sendable (StubRequest, StubEngine) async -> StubAnswer

/// Runs a stub, and the body with a client of it.
public func withStubEngine(
    apiVersion: String? = "1.41",
    _ answers: @escaping StubAnswers,
    _ body: @Sendable (DockerClient, StubEngine) async throws -> Void
) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/stub-\(UUID().uuidString.prefix(8)).sock"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let engine = StubEngine()
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .bind(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture { try StubConnection(wrappingChannelSynchronously: channel) }
        }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serve(listener, apiVersion, answers, engine) }
        let client = try await DockerClient(address: .socket(path))
        try await body(client, engine)
        await client.shutdown()
        group.cancelAll()
    }
}

private func serve(
    _ listener: NIOAsyncChannel<StubConnection, Never>,
    _ apiVersion: String?,
    _ answers: @escaping StubAnswers,
    _ engine: StubEngine
) async throws {
    try await listener.executeThenClose { connections in
        await withDiscardingTaskGroup { group in
            do {
                for try await connection in connections {
                    group.addTask { try? await serve(connection, apiVersion, answers, engine) }
                }
            } catch {}
            group.cancelAll()
        }
    }
}

private func serve(
    _ connection: StubConnection,
    _ apiVersion: String?,
    _ answers: StubAnswers,
    _ engine: StubEngine
) async throws {
    try await connection.executeThenClose { inbound, outbound in
        var buffer = ByteBuffer()
        var answered: StubAnswer?
        for try await chunk in inbound {
            if case .takeOver = answered {
                try await outbound.write(ByteBuffer(bytes: frame(1, Array(chunk.readableBytesView))))
                continue
            }
            buffer.writeImmutableBuffer(chunk)
            while let request = StubRequest.read(from: &buffer) {
                await engine.record(request)
                let answer =
                    request.target == "/_ping" ? .replyWith(["HTTP/1.1 200 OK"], "OK") : await answers(request, engine)
                for piece in answer.pieces(apiVersion) { try await outbound.write(ByteBuffer(bytes: piece)) }
                if answer.closes { return }
                answered = answer
            }
        }
        await engine.recordClose()
    }
}
