import ClusterModel
import Testing

/// Loading a file for a cluster that runs already.
@Suite struct RunningTopologyTests {
    private func document(replicas: Document, extra: [Document.Member] = []) -> Document {
        .object(extra + [.init("balancers", [["name": "lb1", "replicas": replicas]])])
    }

    @Test func `what was left out stays where it is, though the host has changed`() throws {
        let busy = HostUse(
            ports: [19999: "x"],
            networks: [.init(name: "x", subnet: try #require(Subnet("172.28.0.0/16")))],
            containerNames: ["pgbc_lb1": "x"]
        )
        let running = try Topology.load(document(replicas: 2), source: "x", host: busy)
        #expect(running.balancers[0].port == 29999)
        #expect(try Topology.load(document(replicas: 2), source: "x", running: running) == running)
    }

    @Test func `places that nothing holds are given up where others have them, and only there`() throws {
        let chosen = try Topology.load(document(replicas: 1), source: "x")
        let ports = HostUse(ports: [15433: "x"])
        let subnet = HostUse(networks: [.init(name: "x", subnet: try #require(Subnet("172.28.0.0/16")))])
        func again(_ host: HostUse, _ unheld: UnheldPlaces, _ extra: [Document.Member] = []) throws -> [String] {
            let file = document(replicas: 1, extra: extra)
            let loaded = try Topology.load(file, source: "x", host: host, running: chosen, unheld: unheld)
            let balancer = loaded.balancers[0]
            return ["\(loaded.network.subnet)", "\(balancer.address)", "\(balancer.port)"]
                + balancer.nodes.map(\.outline)
        }
        let all: Set<String> = ["pgbc_lb1", "pgbc_lb1_primary", "pgbc_lb1_replica1"]
        let network = UnheldPlaces(network: true, containers: [])
        let balancer = UnheldPlaces(network: false, containers: all)
        let replica = UnheldPlaces(network: false, containers: ["pgbc_lb1_replica1"])
        let same = [
            "172.28.0.0/16", "172.28.1.10", "19999", "0 lb1-primary pgbc_lb1_primary 172.28.1.20 15432",
            "1 lb1-replica1 pgbc_lb1_replica1 172.28.1.21 15433",
        ]
        #expect(try again(.none, UnheldPlaces(network: true, containers: all)) == same)
        #expect(try again(ports, network) == same)
        #expect(try again(subnet, balancer) == same)
        #expect(
            try again(ports, balancer) == [
                "172.28.0.0/16", "172.28.1.10", "29999", "0 lb1-primary pgbc_lb1_primary 172.28.1.20 25432",
                "1 lb1-replica1 pgbc_lb1_replica1 172.28.1.21 25433",
            ]
        )
        #expect(
            try again(ports, replica) == Array(same.dropLast()) + ["1 lb1-replica1 pgbc_lb1_replica1 172.28.1.21 15434"]
        )
        #expect(try again(HostUse(ports: [19999: "x"]), replica) == same)
        #expect(
            try again(subnet, network) == [
                "172.29.0.0/16", "172.29.1.10", "19999", "0 lb1-primary pgbc_lb1_primary 172.29.1.20 15432",
                "1 lb1-replica1 pgbc_lb1_replica1 172.29.1.21 15433",
            ]
        )
        let named: [Document.Member] = [.init("network", ["subnet": "172.28.0.0/16"])]
        #expect(try again(subnet, network, named).first == "172.28.0.0/16", "what the document gives stays")
    }

    @Test func `a number of replicas keeps the lowest ids and adds the lowest free ones`() throws {
        var running = try Topology.load(document(replicas: 4), source: "x")
        running.balancers[0].replicas.removeAll { $0.id == 2 }
        let same = try Topology.load(document(replicas: 3), source: "x", running: running)
        #expect(same == running)
        let more = try Topology.load(document(replicas: 4), source: "x", running: running)
        #expect(more.balancers[0].replicas.map(\.id) == [1, 3, 4, 2])
        let fewer = try Topology.load(document(replicas: 1), source: "x", running: running)
        #expect(fewer.balancers[0].replicas == [running.balancers[0].replicas[0]])
    }

    @Test func `when the node that the cluster began with is gone, no other one is renumbered`() throws {
        var running = try Topology.load(document(replicas: 2), source: "x")
        running.balancers[0].primary = running.balancers[0].replicas.removeFirst()
        #expect(running.balancers[0].nodes.map(\.id) == [1, 2])
        #expect(try Topology.load(running.document, source: "x", running: running) == running)
        #expect(try Topology.load(running.document, source: "x") == running)
        let more = try Topology.load(document(replicas: 2), source: "x", running: running)
        #expect(more.balancers[0].nodes.map(\.id) == [1, 2, 3])
    }

    @Test func `replicas are known again by their names`() throws {
        let running = try Topology.load(document(replicas: 2), source: "x")
        let loaded = try Topology.load(
            document(replicas: [["host": "lb1-replica2", "weight": 3], ["host": "other"]]),
            source: "x",
            running: running
        )
        #expect(
            loaded.balancers[0].replicas.map(\.outline) == [
                "2 lb1-replica2 pgbc_lb1_replica2 172.28.1.22 15434", "1 other pgbc_lb1_replica1 172.28.1.21 15433",
            ]
        )
    }

    @Test func `what the document gives wins over what runs`() throws {
        let running = try Topology.load(document(replicas: 1), source: "x")
        let changed: [Document.Member] = [.init("network", ["name": "other", "subnet": "10.9.0.0/16"])]
        let error = #expect(throws: InvalidTopology.self) {
            try Topology.load(document(replicas: 1, extra: changed), source: "x", running: running)
        }
        #expect(error?.problems.first?.path == "balancers[0].ip_address")
    }

    @Test func `settings and images that are no longer in the document are no longer wanted`() throws {
        let extra: [Document.Member] = [.init("image", "postgres:17"), .init("settings", ["jit": "off"])]
        let running = try Topology.load(document(replicas: 1, extra: extra), source: "x")
        let loaded = try Topology.load(document(replicas: 1), source: "x", running: running)
        #expect(loaded.image == nil)
        #expect(loaded.balancers[0].primary.settings.isEmpty)
    }
}
