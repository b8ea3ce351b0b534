import NIOCore
import StubEngine
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct ExecTests {
    @Sendable private static func answer(_ request: StubRequest, _ start: StubAnswer) -> StubAnswer {
        if request.target.hasSuffix("/exec") { return .reply(201, #"{"Id":"e1"}"#) }
        if request.target.hasSuffix("/start") { return start }
        return .reply(200, #"{"Running":false,"ExitCode":3}"#)
    }

    @Test func `a command's outputs and exit code are collected`() async throws {
        let output = frame(1, Array("out".utf8)) + frame(2, Array("err".utf8))
        try await withStubEngine { request, _ in
            Self.answer(request, .untilClosed([output]))
        } _: { client, engine in
            let result = try await client.runExec("c", ["sh", "-c", "x"], user: "postgres", environment: ["A": "b"])
            #expect(result == ExecResult(exitCode: 3, stdout: Array("out".utf8), stderr: Array("err".utf8)))
            let calls = await engine.calls
            #expect(calls.map(\.target) == ["/v1.41/containers/c/exec", "/v1.41/exec/e1/start", "/v1.41/exec/e1/json"])
            #expect(
                calls[0].text == """
                    {"AttachStderr":true,"AttachStdin":false,"AttachStdout":true,"Cmd":["sh","-c","x"],"Env":["A=b"],\
                    "Tty":false,"User":"postgres"}
                    """
            )
            #expect(calls[1].text == #"{"Detach":false,"Tty":false}"#)
        }
    }

    @Test func `the exit code is asked again while the engine has not noticed the end`() async throws {
        try await withStubEngine { request, engine in
            guard request.target.hasSuffix("/json") else { return Self.answer(request, .untilClosed([])) }
            let asked = await engine.calls.filter { $0.target.hasSuffix("/json") }.count
            return .reply(200, asked < 3 ? #"{"Running":true,"ExitCode":null}"# : #"{"Running":false,"ExitCode":0}"#)
        } _: { client, _ in
            let result = try await client.runExec("c", ["true"])
            #expect(result.exitCode == 0)
        }
    }

    @Test func `input is sent whole and ended, and output that came with the head is kept`() async throws {
        let input = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withStubEngine { request, _ in
            Self.answer(request, .takeOver(first: frame(1, Array("early".utf8))))
        } _: { client, engine in
            let result = try await client.runExec("c", ["cat"], stdin: input)
            #expect(result.stdout == Array("early".utf8) + input)
            #expect(result.exitCode == 3)
            let start = try #require(await engine.calls.first { $0.target.hasSuffix("/start") })
            #expect(start.headers["upgrade"] == "tcp")
            #expect(start.text == #"{"Detach":false,"Tty":false}"#)
        }
    }

    @Test func `a refused take-over carries the engine's words`() async throws {
        let refusal = StubAnswer.reply(409, #"{"message":"Container c is paused"}"#)
        try await withStubEngine { request, _ in
            Self.answer(request, refusal)
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) { try await client.runExec("c", ["cat"], stdin: [1]) }
            #expect(error?.code == .conflict)
            #expect(error?.description == "run cat in container c: the engine answered 409: Container c is paused")
        }
    }

    @Test(arguments: [nil, [1]] as [[UInt8]?])
    func `a command that never ends is given up at the limit`(stdin: [UInt8]?) async throws {
        try await withStubEngine { request, _ in
            Self.answer(request, .hang)
        } _: { client, engine in
            let error = await #expect(throws: EngineError.self) {
                try await client.runExec("c", ["cat"], stdin: stdin, limit: .milliseconds(200))
            }
            #expect(error?.code == .timedOut)
            await engine.waitUntilClosed(after: "/start")
        }
    }

    @Test func `a head is read wherever it is cut`() throws {
        let head = "HTTP/1.1 404 Not Found\r\nContent-Type: a\r\nCONTENT-LENGTH: 12\r\n\r\n"
        for cut in 0..<head.utf8.count {
            var buffer = ByteBuffer(bytes: head.utf8.prefix(cut))
            #expect(try HijackHead.read(from: &buffer) == nil)
            buffer.writeBytes(head.utf8.dropFirst(cut))
            buffer.writeString("rest")
            #expect(try HijackHead.read(from: &buffer) == HijackHead(status: 404, contentLength: 12))
            #expect(String(buffer: buffer) == "rest")
        }
    }

    @Test func `what is no head is refused`() {
        var junk = ByteBuffer(string: "SSH-2.0 hello\r\n\r\n")
        #expect(throws: HijackHead.Malformed.self) { try HijackHead.read(from: &junk) }
        var endless = ByteBuffer(repeating: 65, count: 70_000)
        #expect(throws: HijackHead.Malformed.self) { try HijackHead.read(from: &endless) }
    }
}
