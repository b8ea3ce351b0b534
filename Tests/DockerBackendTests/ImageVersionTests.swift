import Orchestration
import StubEngine
import Synchronization
import Testing

@testable import DockerBackend

@Suite(.timeLimit(.minutes(1))) struct `Asking an image for its PostgreSQL` {
    /// An engine without images, that can pull none.
    private let empty: StubAnswers = { _, _ in .reply(404, #"{"message":"No such image"}"#) }

    @Test func `pulls nothing where nobody is told of it`() async throws {
        try await withStubEngine(empty) { client, engine in
            let error = await #expect(throws: ClusterError.self) {
                try await DockerClusterBackend(client: client).postgresVersion(of: "x.test/pg:17", pulling: nil)
            }
            #expect(error?.code == .notFound)
            #expect(await engine.calls.map(\.method) == ["GET"])
        }
    }

    @Test func `tells of the pull elsewhere`() async throws {
        try await withStubEngine(empty) { client, engine in
            let told = Mutex<[String]>([])
            await #expect(throws: ClusterError.self) {
                try await DockerClusterBackend(client: client)
                    .postgresVersion(of: "x.test/pg:17", pulling: { words in told.withLock { $0.append(words) } })
            }
            #expect(told.withLock { $0 } == ["pulling x.test/pg:17"])
            #expect(await engine.calls.map(\.method) == ["GET", "POST"])
        }
    }
}
