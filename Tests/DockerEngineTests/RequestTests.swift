import StubEngine
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    @Test func `a container is created with the documented body`() async throws {
        var config = ContainerConfig(image: "postgres:17")
        config.command = ["postgres", "-c", "fsync=on"]
        config.environment = ["B": "2", "A": "1"]
        config.labels = ["pgbc.cluster": "shop"]
        config.publishedPorts = [PublishedPort(hostPort: 5432, containerPort: ContainerPort(5432))]
        config.mounts = [Mount(.volume("data", noCopy: true), at: "/var/lib/postgresql")]
        config.network = NetworkAttachment("net", ipv4Address: "172.20.0.10", aliases: ["primary"])
        config.extraHosts = [HostEntry("replica1", address: "172.20.0.20")]
        config.restartPolicy = .unlessStopped
        config.stopSignal = "SIGINT"
        config.stopTimeout = 30
        config.capAdd = ["NET_ADMIN"]
        config.shmSize = 1 << 28
        config.user = "postgres"
        config.disablesHealthcheck = true
        config.logging = .jsonFile(maxSize: "10m")
        let wanted = config
        try await withStubEngine { _, _ in
            .reply(201, #"{"Id":"abc","Warnings":[]}"#)
        } _: { client, engine in
            #expect(try await client.createContainer("primary1", wanted) == "abc")
            let call = try #require(await engine.calls.first)
            #expect(call.method == "POST")
            #expect(call.target == "/v1.41/containers/create?name=primary1")
            #expect(call.headers["content-type"] == "application/json")
            #expect(call.text == Self.created)
        }
    }

    private static let created = """
        {"Cmd":["postgres","-c","fsync=on"],"Env":["A=1","B=2"],"ExposedPorts":{"5432/tcp":{}},\
        "Healthcheck":{"Test":["NONE"]},"HostConfig":{"CapAdd":["NET_ADMIN"],"ExtraHosts":["replica1:172.20.0.20"],\
        "LogConfig":{"Config":{"max-file":"3","max-size":"10m"},"Type":"json-file"},\
        "Mounts":[{"ReadOnly":false,"Source":"data","Target":"/var/lib/postgresql","Type":"volume",\
        "VolumeOptions":{"NoCopy":true}}],"NetworkMode":"net",\
        "PortBindings":{"5432/tcp":[{"HostIp":"127.0.0.1","HostPort":"5432"}]},\
        "RestartPolicy":{"Name":"unless-stopped"},"ShmSize":268435456},"Image":"postgres:17",\
        "Labels":{"pgbc.cluster":"shop"},"NetworkingConfig":{"EndpointsConfig":{"net":{"Aliases":["primary"],\
        "IPAMConfig":{"IPv4Address":"172.20.0.10"}}}},"StopSignal":"SIGINT","StopTimeout":30,"User":"postgres"}
        """

    @Test func `labels become a filter, in order and escaped`() async throws {
        try await withStubEngine { _, _ in
            .reply(200, "[]")
        } _: { client, engine in
            _ = try await client.listContainers(labels: ["b": nil, "a": "x y"])
            _ = try await client.listNetworks()
            let targets = await engine.calls.map(\.target)
            #expect(
                targets == [
                    "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Dx%20y%22%2C%22b%22%5D%7D",
                    "/v1.41/networks",
                ]
            )
        }
    }

    @Test func `the first answer tells the version, and the engine's own is used from then on`() async throws {
        try await withStubEngine(apiVersion: "1.51") { _, _ in
            .reply(200, "[]")
        } _: { client, engine in
            for _ in 0..<3 { _ = try await client.listContainers() }
            let targets = await engine.requests.map(\.target)
            #expect(targets == ["1.41", "1.51", "1.51"].map { "/v\($0)/containers/json?all=1" })
        }
    }

    @Test(arguments: [false, true])
    func `an engine that no longer speaks the oldest version is asked again in its own`(changing: Bool) async throws {
        try await withStubEngine(apiVersion: "1.60") { request, _ in
            request.target.hasPrefix("/v1.60/") ? .reply(200, "[]") : .reply(400, #"{"message":"too old"}"#)
        } _: { client, engine in
            if changing { _ = try await client.startContainer("c") } else { _ = try await client.listContainers() }
            let versions = await engine.requests.map { $0.target.split(separator: "/")[0] }
            #expect(versions == ["v1.41", "v1.60"])
        }
    }

    @Test(
        arguments: [
            ("1.40", .unsupportedVersion), (nil, .protocolError), ("x", .protocolError),
        ] as [(String?, EngineError.Code)]
    )
    func `an engine that is too old, or none, is refused`(version: String?, code: EngineError.Code) async throws {
        try await withStubEngine(apiVersion: version) { _, _ in
            .reply(200, "[]")
        } _: { client, engine in
            let error = await #expect(throws: EngineError.self) { try await client.listContainers() }
            #expect(error?.code == code)
            #expect(error?.operation == "list containers")
            #expect(await engine.calls.count == 1)
        }
    }

    @Test func `starting and stopping tell whether they changed anything`() async throws {
        try await withStubEngine { request, _ in
            .reply(request.target.hasSuffix("/start") ? 304 : 204)
        } _: { client, engine in
            let started = try await client.startContainer("c")
            let stopped = try await client.stopContainer("c", timeout: 3)
            #expect(!started && stopped)
            #expect(await engine.calls.map(\.target) == ["/v1.41/containers/c/start", "/v1.41/containers/c/stop?t=3"])
        }
    }

    @Test func `an image's name keeps its slashes in the path`() async throws {
        try await withStubEngine { _, _ in
            .reply(404, #"{"message":"No such image"}"#)
        } _: { client, engine in
            let image = try await client.inspectImage("ghcr.io/org/pg:17")
            #expect(image == nil)
            #expect(await engine.calls.map(\.target) == ["/v1.41/images/ghcr.io/org/pg%3A17/json"])
        }
    }

    @Test(arguments: [
        ("debian", "debian", "latest"),
        ("debian:12", "debian", "12"),
        ("host:5000/org/pg", "host:5000/org/pg", "latest"),
        ("host:5000/pg:17", "host:5000/pg", "17"),
        ("pg@sha256:ab", "pg", "sha256:ab"),
    ])
    func `an image's name is taken apart`(name: String, repository: String, tag: String) {
        #expect(ImageReference(name).repository == repository)
        #expect(ImageReference(name).tag == tag)
    }
}
