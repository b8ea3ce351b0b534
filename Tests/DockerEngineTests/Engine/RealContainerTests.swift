import DockerEngine
import EngineGate
import Testing

@Suite(.enabled("an engine answers", EngineGate.isOpen), .timeLimit(.minutes(3)))
struct RealContainerTests {
    @Test func `a container is what it was asked to be`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let network = NetworkConfig(name: engine.name("net"), labels: engine.labels)
            let networkID = try await client.createNetwork(network)
            try await client.createVolume(engine.name("data"), labels: engine.labels)
            var config = engine.config()
            config.environment = ["COLOUR": "blue"]
            config.publishedPorts = [PublishedPort(hostPort: nil, containerPort: ContainerPort(5432))]
            config.mounts = [
                Mount(.volume(engine.name("data"), noCopy: true), at: "/data", readOnly: true),
                Mount(.temporary, at: "/scratch"),
            ]
            config.network = NetworkAttachment(engine.name("net"), aliases: ["first"])
            config.hostname = "node1"
            config.extraHosts = [HostEntry("peer", address: "10.9.8.7")]
            config.restartPolicy = .onFailure(maximumRetries: 2)
            config.shmSize = 1 << 27
            config.logging = .jsonFile(maxSize: "1m", maxFiles: 2)
            config.usesInit = true
            let id = try await engine.run("c", config)

            let details = try await client.inspectContainer(id)
            #expect(details.name == engine.name("c"))
            #expect(details.state.status == .running)
            #expect(details.state.pid > 0)
            #expect(details.environment.contains("COLOUR=blue"))
            #expect(details.restartPolicy == .onFailure(maximumRetries: 2))
            #expect(details.extraHosts == ["peer:10.9.8.7"])
            #expect(details.mounts.contains { $0.volume == engine.name("data") && $0.readOnly && $0.target == "/data" })
            #expect(details.networks[engine.name("net")]?.networkID == networkID)

            let summary = try #require(try await client.listContainers(labels: engine.mine).first)
            #expect(summary.id == id)
            #expect(summary.name == engine.name("c"))
            #expect(summary.state == .running)
            #expect(summary.image == EngineFixture.image)
            #expect(summary.ports.first?.hostAddress == "127.0.0.1")
            #expect(summary.ports.first?.hostPort == details.ports.first?.hostPort)
            #expect(summary.networks[engine.name("net")]?.ipAddress.isEmpty == false)

            let shown = try await client.runExec(
                id,
                ["sh", "-c", "hostname; getent hosts peer; df -B1 /dev/shm | tail -1"]
            )
            #expect(shown.stdoutText.hasPrefix("node1\n10.9.8.7"))
            #expect(shown.stdoutText.contains("134217728"))

            let member = try await client.inspectNetwork(networkID).containers[id]
            #expect(member?.name == engine.name("c"))
        }
    }

    @Test func `a container goes through its states`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let id = try await client.createContainer(engine.name("c"), engine.config())
            #expect(try await client.inspectContainer(id).state.status == .created)
            #expect(try await client.startContainer(id))
            #expect(try await client.startContainer(id) == false)
            try await engine.pause(id)
            #expect(try await client.inspectContainer(id).state.status == .paused)
            try await client.unpauseContainer(id)
            try await client.restartContainer(id, timeout: 5)
            try await engine.minds(id)
            #expect(try await client.stopContainer(id, timeout: 5))
            #expect(try await client.stopContainer(id) == false)
            #expect(try await client.waitForContainer(id) == 0)
            try await client.startContainer(id)
            async let code = client.waitForContainer(id, condition: .notRunning)
            try await client.killContainer(id)
            #expect(try await code == 137)
            let refused = await #expect(throws: EngineError.self) { try await client.killContainer(id) }
            #expect(refused?.code == .conflict)
            try await client.removeContainer(id)
            let missing = await #expect(throws: EngineError.self) { try await client.inspectContainer(id) }
            #expect(missing?.code == .notFound)
        }
    }

    @Test func `names, networks and volumes that are taken or in use are refused by code`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let config = NetworkConfig(name: engine.name("net"), labels: engine.labels)
            let network = try await client.createNetwork(config)
            let twice = await #expect(throws: EngineError.self) { try await client.createNetwork(config) }
            #expect(twice?.code == .conflict)

            let range = try #require(try await client.inspectNetwork(network).subnets.first?.range)
            let overlapping = NetworkConfig(name: engine.name("net2"), subnet: range, labels: engine.labels)
            let overlap = await #expect(throws: EngineError.self) { try await client.createNetwork(overlapping) }
            #expect(overlap?.status == 403)

            let mount = Mount(.volume(engine.name("data")), at: "/data")
            let wanted = engine.config(mounts: [mount])
            try await client.createVolume(engine.name("data"), labels: engine.labels)
            let id = try await engine.run("c", wanted)
            let name = await #expect(throws: EngineError.self) { try await engine.run("c", wanted) }
            #expect(name?.code == .conflict)
            let used = await #expect(throws: EngineError.self) { try await client.removeVolume(engine.name("data")) }
            #expect(used?.code == .conflict)

            try await client.connectContainer(id, to: NetworkAttachment(engine.name("net"), aliases: ["x"]))
            #expect(try await client.inspectContainer(id).networks[engine.name("net")] != nil)
            try await client.disconnectContainer(id, from: network)
            #expect(try await client.inspectContainer(id).networks[engine.name("net")] == nil)

            let missing = ContainerConfig(image: engine.name("no-such-image"))
            let image = await #expect(throws: EngineError.self) { try await engine.run("d", missing) }
            #expect(image?.code == .notFound)
            #expect(try await client.inspectImage(engine.name("no-such-image")) == nil)
        }
    }

    @Test func `files go in and come out with owner and mode`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let id = try await client.createContainer(engine.name("c"), engine.config())
            let long = String(repeating: "long/", count: 40) + "größe.conf"
            var archive = TarArchive()
            archive.addDirectory("pg", mode: 0o750, uid: 999, gid: 998)
            archive.addFile("pg/secret", text: "s3cret", mode: 0o600, uid: 999, gid: 998)
            archive.addFile("pg/\(long)", text: "x")
            archive.addSymbolicLink("pg/link", to: "secret")
            // The container was never started.
            try await client.upload(archive, to: id, at: "/etc")
            #expect(try await client.downloadFile("/etc/pg/secret", from: id) == Array("s3cret".utf8))
            #expect(try await client.downloadFile("/etc/pg/none", from: id) == nil)

            let downloaded = try await client.download("/etc/pg", from: id)
            let back = try TarArchive(bytes: downloaded)
            let secret = try #require(back.entries.first { $0.path == "pg/secret" })
            #expect(secret.mode & 0o777 == 0o600 && secret.uid == 999 && secret.gid == 998)
            #expect(back.file("pg/\(long)") == Array("x".utf8))
            #expect(back.entries.contains { $0.kind == .symbolicLink(target: "secret") })

            var bytes = 0
            for try await piece in try await client.streamDownload("/usr/bin", from: id) { bytes += piece.count }
            #expect(bytes > 10 << 20)
            let refused = await #expect(throws: EngineError.self) {
                try await client.download("/usr/bin", from: id, maximumBytes: 1 << 20)
            }
            #expect(refused?.code == .protocolError)
        }
    }
}
