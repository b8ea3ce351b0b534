import ClusterModel
import DockerEngine
import Orchestration
import Testing

@testable import DockerBackend

@Suite struct `A declared driver` {
    private static let driver = BalancerDriver(
        "proxy",
        program: "a proxy",
        images: ["proxy"],
        ports: BalancerPorts(sql: 6000)
    )

    private func topology(image: String?, replicas: Int = 1) throws -> Topology {
        let document: Document = [
            "cluster_name": "shop",
            "balancers": [
                ["name": "lb1", "image": image.map(Document.string) ?? .null, "replicas": .integer(replicas)]
            ],
        ]
        return try Topology.load(document, source: "test", drivers: BalancerDrivers(adding: [Self.driver]))
    }

    private func container(_ image: String?, _ support: BalancerSupport) throws -> BalancerContainer {
        let topology = try topology(image: image)
        return BalancerContainer(topology: topology, balancer: topology.balancers[0], support: support)
    }

    @Test func `gives its container what it declares, and publishes the ports that it has`() throws {
        let support = BalancerSupport(Self.driver) { situation in
            BalancerContents(
                environment: ["WHERE": situation.controlFolder],
                command: ["serve", situation.cluster],
                kernelCapabilities: ["NET_RAW"],
                files: [ContainerFile("etc/proxy.conf", situation.monitor?.password ?? "none")]
            )
        }
        let config = try container("proxy:1", support).config
        #expect(config.image == "proxy:1")
        #expect(config.entrypoint == ["serve", "shop"])
        #expect(config.environment == ["WHERE": "/pgbc/control/lb1"])
        #expect(config.capAdd == ["NET_RAW"])
        #expect(config.publishedPorts.map(\.containerPort.number) == [6000])
    }

    @Test func `sees a password in files only, and only when it says so`() throws {
        let seen = { (support: BalancerSupport) in
            try container("proxy:1", support).files(Secrets()).map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        let contents = { @Sendable (situation: BalancerSituation) in
            BalancerContents(
                environment: ["SEEN": situation.monitor == nil ? "no" : "yes"],
                files: [ContainerFile("a", situation.monitor == nil ? "no" : "yes")]
            )
        }
        let closed = BalancerSupport(Self.driver, contents: contents)
        let open = BalancerSupport(Self.driver, holdsPasswords: true, contents: contents)
        #expect(try seen(closed) == ["no"])
        #expect(try seen(open) == ["yes"])
        #expect(try container("proxy:1", open).config.environment == ["SEEN": "no"])
    }

    @Test func `is what pgpool-II and pgBalancer are, too`() throws {
        let own = try container(nil, .pgpool)
        #expect(own.config.capAdd == ["NET_ADMIN"])
        #expect(own.config.publishedPorts.map(\.containerPort.number) == [9999, 9898, 8080])
        #expect(own.files(nil).map(\.path) == ["pgbc/balancer.json"])
        let theirs = try container("pgbalancer:latest", .pgbalancer)
        #expect(theirs.config.environment["BACKEND1_PORT"] == "5432")
        let file = try #require(theirs.files(Secrets(), runsAsRoot: false).first)
        #expect(file.path == "etc/pgbalancer/pgbalancer.conf")
        #expect(file.mode == 0o644)
        #expect(String(decoding: file.bytes, as: UTF8.self).contains("health_check_user = 'pgbc_monitor'"))
    }

    @Test func `that this pgbc does not have is named, with what to do`() throws {
        let balancer = try topology(image: "proxy:1").balancers[0]
        let error = #expect(throws: ClusterError.self) { try DriverTable().support(for: balancer) }
        #expect(error?.message == "its driver is proxy, and this pgbc has no such driver")
        #expect(error?.advice == "use the pgbc that was built with the plugin for it")
    }
}
