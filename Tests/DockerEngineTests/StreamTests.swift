import StubEngine
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    private static let details = #"{"Id":"1","Name":"/c","State":{"Status":"running"},"Config":{"Tty":false}}"#
    private static let terminal = #"{"Id":"1","Name":"/c","State":{"Status":"running"},"Config":{"Tty":true}}"#

    @Test func `logs are told apart into output and error output`() async throws {
        let frames = frame(1, Array("ready\n".utf8)) + frame(2, Array("warning\n".utf8))
        try await withStubEngine { request, _ in
            request.target.hasSuffix("/json")
                ? .reply(200, Self.details)
                : .chunks([Array(frames.prefix(3)), Array(frames[3..<17]), Array(frames[17...])])
        } _: { client, engine in
            var output = ExecResult(exitCode: 0, stdout: [], stderr: [])
            for try await chunk in try await client.logs("c", follow: true, tail: 5) { output.take(chunk) }
            #expect(output.stdoutText == "ready\n")
            #expect(output.stderrText == "warning\n")
            #expect(await engine.calls.last?.target == "/v1.41/containers/c/logs?follow=1&stderr=1&stdout=1&tail=5")
        }
    }

    @Test func `the output of a terminal is handed on as it is`() async throws {
        try await withStubEngine { request, _ in
            request.target.hasSuffix("/json") ? .reply(200, Self.terminal) : .untilClosed([[1, 2], [3]])
        } _: { client, _ in
            let chunks = try await client.logs("c").collected()
            #expect(chunks.flatMap(\.bytes) == [1, 2, 3])
        }
    }

    @Test func `logs that are cut off are a lost connection`() async throws {
        try await withStubEngine { request, _ in
            request.target.hasSuffix("/json") ? .reply(200, Self.details) : .cut([frame(1, [1])])
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) {
                _ = try await client.logs("c", follow: true).collected()
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.operation == "read the logs of container c")
        }
    }

    @Test func `a stream outlives the limit of ordinary calls, and cancelling its reader closes it`() async throws {
        try await withStubEngine { _, _ in
            .unfinished([])
        } _: { client, engine in
            await withTaskGroup(of: EngineError?.self) { group in
                group.addTask {
                    await #expect(throws: EngineError.self) {
                        for try await _ in try await client.events(filters: ["type": ["container"]]) {}
                    }
                }
                await engine.waitUntil { !$0.calls.isEmpty }
                group.cancelAll()
                let error = await group.next() ?? nil
                #expect(error?.code == .cancelled)
            }
            await engine.waitUntil { $0.closedConnections == 1 }
        }
    }

    @Test func `leaving the loop closes the connection`() async throws {
        let event =
            #"{"Type":"container","Action":"die","Actor":{"ID":"1","Attributes":{"exitCode":"0"}},"timeNano":5}"#
        try await withStubEngine { _, _ in
            .unfinished([Array((event + "\n").utf8)])
        } _: { client, engine in
            for try await event in try await client.events() {
                #expect(event.action == "die")
                #expect(event.attributes == ["exitCode": "0"])
                break
            }
            await engine.waitUntil { $0.closedConnections == 1 }
        }
    }

    @Test func `a build sends its context and reports its steps`() async throws {
        let lines = [#"{"stream":"Step 1/1"}"#, #"{"aux":{"ID":"sha256:1"}}"#].map { Array(($0 + "\n").utf8) }
        try await withStubEngine { _, _ in
            .chunks(lines)
        } _: { client, engine in
            var options = BuildOptions(tag: "pgbc/node:1")
            options.labels = ["a": "b"]
            options.networkMode = "host"
            let steps = try await client.buildImage(context: [1, 2, 3], options).collected()
            #expect(steps == [.output("Step 1/1"), .image(id: "sha256:1")])
            let call = try #require(await engine.calls.first)
            #expect(call.body == [1, 2, 3])
            #expect(call.headers["content-type"] == "application/x-tar")
            #expect(
                call.target == """
                    /v1.41/build?dockerfile=Dockerfile&forcerm=1&labels=%7B%22a%22%3A%22b%22%7D&networkmode=host\
                    &t=pgbc%2Fnode%3A1
                    """
            )
        }
    }

    @Test func `many calls run at the same time`() async throws {
        try await withStubEngine { _, engine in
            await engine.waitUntil { $0.calls.count == 64 }
            return .reply(200, "[]")
        } _: { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 { group.addTask { _ = try await client.listContainers() } }
                try await group.waitForAll()
            }
        }
    }
}
