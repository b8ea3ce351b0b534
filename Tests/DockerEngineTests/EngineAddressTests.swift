import DockerEngine
import Testing

@Suite struct EngineAddressTests {
    @Test func `without DOCKER_HOST the standard socket is used`() throws {
        #expect(try EngineAddress.fromEnvironment([:]).description == "unix:///var/run/docker.sock")
        #expect(try EngineAddress.fromEnvironment(["DOCKER_HOST": ""]).description == "unix:///var/run/docker.sock")
    }

    @Test(arguments: [
        ("unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"),
        ("tcp://build.example:2375", "tcp://build.example:2375"),
        ("tcp://10.0.0.7", "tcp://10.0.0.7:2375"),
        ("tcp://[::1]:99/", "tcp://[::1]:99"),
    ])
    func `DOCKER_HOST is read`(host: String, address: String) throws {
        #expect(try EngineAddress.fromEnvironment(["DOCKER_HOST": host]).description == address)
    }

    @Test func `DOCKER_TLS_VERIFY turns TLS on, with the port of TLS`() throws {
        let environment = ["DOCKER_HOST": "tcp://engine", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"]
        #expect(try EngineAddress.fromEnvironment(environment).description == "tcp://engine:2376 (TLS)")
    }

    @Test(arguments: [
        "ssh://host", "host:2375", "tcp://", "tcp://:2375", "tcp://host:port", "tcp://host:70000", "unix://a",
    ])
    func `another form is refused with the forms that are understood`(host: String) throws {
        let error = try #require(throws: EngineError.self) {
            try EngineAddress.fromEnvironment(["DOCKER_HOST": host])
        }
        #expect(error.code == .invalidAddress)
        #expect(error.description.contains(host))
        #expect(error.advice == "use unix:///var/run/docker.sock or tcp://HOST:PORT")
    }

    @Test func `a TLS directory without its files is refused before anything is sent`() async throws {
        let environment = ["DOCKER_HOST": "tcp://engine", "DOCKER_CERT_PATH": "/nonexistent"]
        let address = try EngineAddress.fromEnvironment(environment)
        let error = await #expect(throws: EngineError.self) { try await DockerClient(address: address) }
        #expect(error?.code == .tlsFailed)
        #expect(error?.operation == "read TLS file /nonexistent/cert.pem")
    }
}
