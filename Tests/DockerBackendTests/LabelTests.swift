import ClusterModel
import DockerEngine
import Testing

@testable import DockerBackend

@Suite struct `The labels of the engine's objects` {
    private func topology() throws -> Topology {
        let document: Document = [
            "cluster_name": "shop",
            "balancers": [["name": "lb1", "config": ["num_init_children": 8], "replicas": [["node_id": 3]]]],
        ]
        return try Topology.load(document, source: "test")
    }

    @Test func `hold enough to rebuild a node and its balancer from one volume`() throws {
        let topology = try topology()
        let balancer = topology.balancers[0]
        let labels = topology.labels(.data, balancer: balancer, node: balancer.replicas[0])
        #expect(labels.decoded(Label.nodeSpec, as: NodeSpec.self) == topology.resolved(balancer.replicas[0]))
        #expect(labels.decoded(Label.clusterSpec, as: ClusterLabel.self) == ClusterLabel(topology))
        let rebuilt = try #require(labels.decoded(Label.balancerSpec, as: BalancerSpec.self))
        #expect(rebuilt.parameters == ["num_init_children": "8"])
        #expect(rebuilt.isSameContainer(as: topology.resolved(balancer)))
    }

    @Test func `never hold a secret`() throws {
        let topology = try topology()
        let balancer = topology.balancers[0]
        let secrets = Secrets()
        let config = BalancerContainer(topology: topology, balancer: balancer, support: .pgpool).config
        let shown = (Array(config.labels.values) + Array(config.environment.values) + (config.command ?? [])).joined()
        for name in SecretName.allCases { #expect(!shown.contains(secrets[name])) }
        #expect(config.environment.isEmpty)
    }

    @Test func `is published, like its balancer, on loopback or where the topology says, and nowhere else`() throws {
        for address in [nil, "0.0.0.0", "192.0.2.7"] {
            let bound: [Document.Member] = address.map { [.init("bind_address", .string($0))] } ?? []
            let topology = try Topology.load(
                .object([.init("cluster_name", "shop"), .init("balancers", [["name": "lb1"]])] + bound),
                source: "test"
            )
            let balancer = topology.balancers[0]
            let configs =
                balancer.nodes.map { NodeContainer(topology: topology, balancer: balancer, node: $0).config }
                + [BalancerContainer(topology: topology, balancer: balancer, support: .pgpool).config]
            let addresses = configs.flatMap(\.publishedPorts).map(\.hostAddress)
            #expect(addresses == Array(repeating: address ?? "127.0.0.1", count: 5))
        }
    }

    @Test func `of another shape are no label at all`() {
        #expect([Label.nodeSpec: "{}"].decoded(Label.nodeSpec, as: NodeSpec.self) == nil)
    }
}

@Suite struct `A node's container` {
    private func node(_ config: Document, settings: Document = [:]) throws -> NodeContainer {
        let document: Document = [
            "cluster_name": "shop",
            "balancers": [["name": "lb1", "config": config, "settings": settings, "replicas": 1]],
        ]
        let topology = try Topology.load(document, source: "test")
        return NodeContainer(
            topology: topology,
            balancer: topology.balancers[0],
            node: topology.balancers[0].replicas[0]
        )
    }

    private func settings(_ container: NodeContainer) throws -> String {
        let file = try #require(container.files.first { $0.path == "pgbc/postgresql.conf" })
        return String(decoding: file.bytes, as: UTF8.self)
    }

    @Test func `allows as many connections as the balancer's pool may open`() throws {
        #expect(try settings(node(["num_init_children": 64, "max_pool": 4])) == "max_connections = '276'\n")
        #expect(try settings(node(["num_init_children": 8, "max_pool": 1])) == "max_connections = '100'\n")
    }

    @Test func `takes the topology's settings, with quotes where they belong`() throws {
        let text = try settings(node([:], settings: ["max_connections": 300, "log_line_prefix": "it's "]))
        #expect(text == "log_line_prefix = 'it''s '\nmax_connections = '300'\n")
    }

    @Test func `publishes its port on loopback and keeps its data on a named volume`() throws {
        let config = try node([:]).config
        #expect(config.publishedPorts.map(\.hostAddress) == ["127.0.0.1"])
        #expect(config.mounts.map(\.target) == ["/var/lib/postgresql", "/pgbc/control"])
        #expect(config.environment.isEmpty)
    }
}
