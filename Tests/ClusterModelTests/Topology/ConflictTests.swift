import ClusterModel
import Testing

@Suite struct ConflictTests {
    @Test func `everything that somebody else has is named with its holder`() throws {
        let topology = try Topology.load(legacyDocument("pgbalancer_cluster_simple.json"), source: "x")
        let host = HostUse(
            ports: [19999: "process 812 (nginx)", 15433: "container web", 5432: "PostgreSQL"],
            networks: [
                .init(name: "pgbalancer_simple_net", subnet: try #require(Subnet("10.0.0.0/24"))),
                .init(name: "office", subnet: try #require(Subnet("172.31.128.0/17"))),
            ],
            containerNames: ["replica1": "cluster shop", "web": "not made by pgbc"]
        )
        let conflicts = topology.conflicts(with: host)
        #expect(
            conflicts.map(\.description) == [
                "network.name = \"pgbalancer_simple_net\": a network of this name is there already; "
                    + "choose another name, or remove that network",
                "network.subnet = \"172.31.0.0/16\": overlaps network office (172.31.128.0/17); "
                    + "choose another subnet, or leave it out",
                "balancers[0].replicas[0].container_name = \"replica1\": a container of this name is there already "
                    + "(cluster shop); choose another name, or remove that container",
                "balancers[0].port = 19999: the port is in use by process 812 (nginx); "
                    + "choose another port, or stop what holds it",
                "balancers[0].replicas[0].port = 15433: the port is in use by container web; "
                    + "choose another port, or stop what holds it",
            ]
        )
        #expect(conflicts.allSatisfy { $0.kind == .conflict })
    }

    @Test func `an empty host has no conflicts`() throws {
        let topology = try Topology.load(legacyDocument("pgbalancer_cluster.json"), source: "x")
        #expect(topology.conflicts(with: .none).isEmpty)
    }
}
