import ClusterModel
import DockerEngine
import Orchestration
import Testing

@testable import DockerBackend

@Suite struct `A connection string` {
    @Test func `quotes only what has to be quoted`() {
        var endpoint = PostgresEndpoint(
            host: "127.0.0.1",
            port: 19999,
            user: "postgres",
            password: "abc",
            database: "postgres"
        )
        #expect(
            endpoint.connectionString == "host=127.0.0.1 port=19999 user=postgres password=abc dbname=postgres"
        )
        endpoint.password = #"it's \ me"#
        #expect(endpoint.connectionString.contains(#"password='it\'s \\ me'"#))
    }
}

@Suite struct `Connecting to nobody` {
    @Test func `fails with the address, and is not waited for`() async throws {
        // Port 1 of loopback has no listener: the connection is refused at once.
        let endpoint = PostgresEndpoint(host: "127.0.0.1", port: 1, user: "u", password: "p", database: "d")
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresSession.run(SQLQuery("select 1", timeout: 5), on: endpoint)
        }
        #expect(error?.kind == .connection)
        #expect(error?.message.hasPrefix("127.0.0.1:1: ") == true)
    }
}

@Suite struct `A container's output` {
    @Test func `is cut into lines across chunks, each stream for itself`() {
        var splitter = LineSplitter()
        let first = splitter.lines(of: .init(stream: .stdout, bytes: Array("one\ntw".utf8)))
        let other = splitter.lines(of: .init(stream: .stderr, bytes: Array("bad\n".utf8)))
        let second = splitter.lines(of: .init(stream: .stdout, bytes: Array("o\nthree".utf8)))
        #expect((first + other + second).map(\.text) == ["one", "bad", "two"])
        #expect(splitter.rest() == [LogLine(stream: .output, text: "three")])
    }
}
