import Foundation
import NIOCore
import NIOPosix
import StubEngine
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    @Test(arguments: [
        (400, EngineError.Code.badRequest), (403, .permissionDenied), (404, .notFound), (409, .conflict),
        (500, .serverError), (507, .serverError),
    ])
    func `a status becomes a code, with the engine's own words`(status: Int, code: EngineError.Code) async throws {
        try await withStubEngine { _, _ in
            .reply(status, #"{"message":"No room"}"#)
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) { try await client.startContainer("primary1") }
            #expect(error?.code == code)
            #expect(error?.description == "start container primary1: the engine answered \(status): No room")
        }
    }

    @Test func `an answer that is no JSON is a protocol error`() async throws {
        try await withStubEngine { _, _ in
            .reply(200, "<html>")
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) { try await client.inspectContainer("c") }
            #expect(error?.code == .protocolError)
            #expect(error?.operation == "inspect container c")
        }
    }

    @Test func `a missing socket is an unreachable engine, at once`() async throws {
        let client = try await DockerClient(address: .socket("/nonexistent/engine.sock"))
        let error = await #expect(throws: EngineError.self) { try await client.listContainers() }
        #expect(
            error?.description == """
                list containers: no engine answers at unix:///nonexistent/engine.sock: there is no such socket \
                (is the engine running? Start it with "systemctl start docker", or set DOCKER_HOST)
                """
        )
        #expect(error?.code == .unreachable)
        let exec = await #expect(throws: EngineError.self) {
            try await client.runExec("c", ["cat"], stdin: [])
        }
        #expect(exec?.code == .unreachable)
        await client.shutdown()
    }

    @Test func `a socket that nobody listens on is an unreachable engine`() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/left-\(UUID().uuidString.prefix(8)).sock"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // What is no socket refuses connections just as one that was left behind.
        try Data().write(to: URL(filePath: path))
        let client = try await DockerClient(address: .socket(path))
        let error = await #expect(throws: EngineError.self) { try await client.ping() }
        #expect(error?.code == .unreachable)
        #expect(error?.message.hasSuffix("nothing listens there") == true)
        await client.shutdown()
    }

    @Test func `a TCP port that nobody listens on is an unreachable engine`() async throws {
        let client = try await DockerClient(address: .tcp(host: "127.0.0.1", port: 1))
        let error = await #expect(throws: EngineError.self) { try await client.ping() }
        #expect(error?.code == .unreachable)
        #expect(error?.advice == "is the engine running and reachable from here? Check DOCKER_HOST")
        await client.shutdown()
    }

    @Test(arguments: [EACCES, EPERM])
    func `a socket that may not be used says what to do`(number: CInt) {
        let cause = IOError(errnoCode: number, reason: "connect")
        let error = EngineError(cause, operation: "list containers", address: .standardSocket)
        #expect(error.code == .permissionDenied)
        #expect(
            error.description == """
                list containers: this user may not use unix:///var/run/docker.sock \
                (add yourself to the docker group and log in again, or run as root)
                """
        )
    }

    @Test func `an engine that never answers is given up at the limit, and the connection closed`() async throws {
        try await withStubEngine { _, _ in
            .hang
        } _: { client, engine in
            let error = await #expect(throws: EngineError.self) {
                try await client.waitForContainer("c", limit: .milliseconds(100))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.description == "wait for container c: no answer within 0.1 seconds")
            await engine.waitUntilClosed(after: "/wait")
        }
    }

    @Test func `a published service that begins to answer and never ends is given up at the limit`() async throws {
        try await withStubEngine { _, _ in
            .unfinished([Array("{".utf8)])
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) {
                try await client.call(
                    ServiceRequest(client.address.origin + "/api/v1/status", limit: .milliseconds(200))
                )
            }
            #expect(error?.code == .timedOut)
            #expect(error?.message == "no answer within 0.2 seconds")
        }
    }

    @Test func `cancelling the task ends the request, and the connection is closed`() async throws {
        try await withStubEngine { _, _ in
            .hang
        } _: { client, engine in
            await withTaskGroup(of: EngineError?.self) { group in
                group.addTask {
                    await #expect(throws: EngineError.self) { try await client.inspectContainer("c") }
                }
                await engine.waitUntil { !$0.calls.isEmpty }
                group.cancelAll()
                let error = await group.next() ?? nil
                #expect(error?.code == .cancelled)
            }
            await engine.waitUntil { $0.closedConnections == 1 }
        }
    }

    @Test func `a connection that ends within the answer is lost, not empty`() async throws {
        try await withStubEngine { _, _ in
            .cut([Array("[".utf8)])
        } _: { client, _ in
            let error = await #expect(throws: EngineError.self) { try await client.listContainers() }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test func `what changes nothing is sent again when the engine dropped the connection, and only once`() async throws
    {
        try await withStubEngine { _, engine in
            await engine.calls.count == 1 ? .drop : .reply(200, "[]")
        } _: { client, engine in
            let containers = try await client.listContainers()
            #expect(containers.isEmpty)
            #expect(await engine.calls.count == 2)
        }
        try await withStubEngine { _, _ in
            .drop
        } _: { client, engine in
            let error = await #expect(throws: EngineError.self) { try await client.listContainers() }
            #expect(error?.code == .connectionLost)
            #expect(await engine.calls.count == 2)
        }
    }

    @Test func `what changes something is never sent again`() async throws {
        try await withStubEngine { _, _ in
            .drop
        } _: { client, engine in
            let error = await #expect(throws: EngineError.self) { try await client.startContainer("c") }
            #expect(error?.code == .connectionLost)
            #expect(await engine.calls.count == 1)
        }
    }

    @Test func `a client that is dropped without a shutdown takes its connections along`() async throws {
        try await withStubEngine { _, _ in
            .reply(200, "[]")
        } _: { client, engine in
            _ = try await DockerClient(address: client.address).listContainers()
            await engine.waitUntil { $0.closedConnections == 1 }
        }
    }
}
