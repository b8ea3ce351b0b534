import DockerEngine
import StubEngine
import Testing

@testable import DockerBackend

/// On Docker 20.10 a container that is removed under the name by which it is asked for can lose what is on its volumes.
@Suite(.timeLimit(.minutes(1))) struct `Removing a container` {
    private static let id = "0123456789abcdef"
    private static let going = ContainerName.going(id)

    /// An engine that names the container thus, answers to renaming it with a status, and removes it.
    private func engine(named name: String, renaming status: Int) -> StubAnswers {
        { request, _ in
            if request.target.hasSuffix("/json") {
                return .reply(200, #"{"Id":"\#(Self.id)","Name":"/\#(name)","State":{"Status":"running"}}"#)
            }
            return request.target.contains("/rename") ? .reply(status, #"{"message":"no"}"#) : .reply(204)
        }
    }

    private func calls(_ engine: StubEngine) async -> [String] {
        await engine.calls.map { call in
            let path = call.target.split(separator: "?")[0].split(separator: "/").dropFirst(2).joined(separator: " ")
            return "\(call.method) \(path)".replacing(Self.id, with: "ID")
        }
    }

    @Test func `renames it and looks again before it is removed by its number`() async throws {
        try await withStubEngine { request, engine in
            let isRenamed = await engine.calls.contains { $0.target.contains("/rename") }
            return await self.engine(named: isRenamed ? Self.going : "primary1", renaming: 204)(request, engine)
        } _: { client, engine in
            try await DockerClusterBackend(client: client).removeIfPresent("primary1")
            #expect(await calls(engine) == ["GET primary1 json", "POST ID rename", "GET ID json", "DELETE ID"])
        }
    }

    @Test(arguments: [400, 409, 500])
    func `goes on when somebody else has renamed it, whatever the engine says to that`(
        status: Int
    ) async throws {
        try await withStubEngine(engine(named: Self.going, renaming: status)) { client, engine in
            try await DockerClusterBackend(client: client).removeIfPresent("primary1")
            #expect(await calls(engine) == ["GET primary1 json", "POST ID rename", "GET ID json", "DELETE ID"])
        }
    }

    @Test(arguments: [(400, EngineError.Code.badRequest), (409, .conflict), (500, .serverError)])
    func `is given up, with the engine's words, when it keeps its name`(status: Int, code: EngineError.Code)
        async throws
    {
        try await withStubEngine(engine(named: "primary1", renaming: status)) { client, engine in
            let error = await #expect(throws: EngineError.self) {
                try await DockerClusterBackend(client: client).removeIfPresent("primary1")
            }
            #expect(error?.code == code)
            #expect(error?.message == "no")
            let seen = await calls(engine)
            #expect(!seen.contains("DELETE ID"))
            #expect(seen.contains("POST ID kill"))
        }
    }

    @Test func `is done when it is not there`() async throws {
        try await withStubEngine { _, _ in
            .reply(404, #"{"message":"No such container"}"#)
        } _: { client, engine in
            try await DockerClusterBackend(client: client).removeIfPresent("primary1")
            #expect(await calls(engine) == ["GET primary1 json"])
        }
    }
}
