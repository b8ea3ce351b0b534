import ClusterModel
import Testing

@Suite struct ReplicaTests {
    private func legacy(_ name: String) throws -> Topology { try Topology.load(legacyDocument(name), source: name) }

    @Test func `the simple file grows by its own pattern`() throws {
        var topology = try legacy("pgbalancer_cluster_simple.json")
        let added = try topology.addReplicas(to: "lb1", count: 2)
        #expect(
            added.map(\.outline) == ["2 replica2 replica2 172.31.1.22 15434", "3 replica3 replica3 172.31.1.23 15435"]
        )
        #expect(topology.balancers[0].nodes.map(\.id) == [0, 1, 2, 3])
        #expect(try topology == Topology.load(topology.document, source: "x"))
    }

    @Test func `the file with two balancers grows by the pattern of each`() throws {
        var topology = try legacy("pgbalancer_cluster.json")
        #expect(
            try topology.addReplicas(to: "lb1", count: 1).map(\.outline)
                == ["3 lb1-replica3 lb1_replica3 172.30.1.23 15435"]
        )
        #expect(
            try topology.addReplicas(to: "lb2", count: 1).map(\.outline)
                == ["2 lb2-replica2 lb2_replica2 172.30.2.22 25434"]
        )
    }

    @Test func `names, ports and addresses that are taken are gone round`() throws {
        var topology = try legacy("pgbalancer_cluster_simple.json")
        let host = HostUse(ports: [15434: "somebody", 15435: "somebody"], containerNames: ["replica2": "somebody"])
        #expect(
            try topology.addReplicas(to: "lb1", count: 2, host: host).map(\.outline)
                == ["2 replica3 replica3 172.31.1.22 15436", "3 replica4 replica4 172.31.1.23 15437"]
        )
    }

    @Test func `the lowest free id is taken first`() throws {
        var topology = try legacy("pgbalancer_cluster.json")
        topology.balancers[0].replicas.removeAll { $0.id == 1 }
        #expect(try topology.addReplicas(to: "lb1", count: 2).map(\.id) == [1, 3])
        #expect(topology.balancers[0].replicas.map(\.host) == ["lb1-replica2", "lb1-replica1", "lb1-replica3"])
    }

    @Test func `a balancer without replicas is followed by its primary's pattern`() throws {
        let document: Document = [
            "balancers": [
                ["name": "lb1", "primary": ["host": "pg-primary-1", "container_name": "main"], "replicas": 0]
            ]
        ]
        var topology = try Topology.load(document, source: "x")
        #expect(
            try topology.addReplicas(to: "lb1", count: 1).map(\.outline)
                == ["1 pg-replica-1 pgbc_lb1_replica1 172.28.1.21 15433"]
        )
    }

    @Test func `new replicas inherit the settings of cluster and balancer`() throws {
        let document: Document = [
            "settings": ["work_mem": "8MB"],
            "balancers": [["name": "lb1", "settings": ["jit": "off"], "primary": ["settings": ["work_mem": "1GB"]]]],
        ]
        var topology = try Topology.load(document, source: "x")
        #expect(try topology.addReplicas(to: "lb1", count: 1)[0].settings == ["work_mem": "8MB", "jit": "off"])
    }

    @Test(arguments: [
        ("lb1", 0, "count = 0: must be at least 1; choose a number from 1 to 30"),
        ("lb1", -3, "count = -3: must be at least 1; choose a number from 1 to 30"),
        ("lb1", 1_000_000, "count = 1000000: lb1 has 1 replicas and can have at most 31; choose a number from 1 to 30"),
        ("lb2", 1, "balancer = \"lb2\": cluster pgbalancer_simple_cluster has no such balancer; did you mean \"lb1\"?"),
        ("main", 1, "balancer = \"main\": cluster pgbalancer_simple_cluster has no such balancer; it has lb1"),
    ])
    func `adding what cannot be is refused and changes nothing`(balancer: String, count: Int, line: String) throws {
        var topology = try legacy("pgbalancer_cluster_simple.json")
        let before = topology
        let error = #expect(throws: InvalidTopology.self) { try topology.addReplicas(to: balancer, count: count) }
        #expect(error?.description == "pgbalancer_simple_cluster: \(line)")
        #expect(error?.problems.first?.kind == (balancer == "lb1" ? .invalid : .notFound))
        #expect(topology == before)
    }

    @Test func `a full subnet is said and changes nothing`() throws {
        let document: Document = ["network": ["subnet": "10.0.0.0/29"], "balancers": [["name": "lb1", "replicas": 2]]]
        var topology = try Topology.load(document, source: "x")
        let before = topology
        let error = #expect(throws: InvalidTopology.self) { try topology.addReplicas(to: "lb1", count: 3) }
        #expect(
            error?.problems.map(\.description) == [
                "network.subnet = \"10.0.0.0/29\": has too few addresses for this cluster; "
                    + "choose a larger network, for example a /24"
            ]
        )
        #expect(topology == before)
    }

    @Test func `a balancer can have 31 replicas and no more`() throws {
        var topology = try legacy("pgbalancer_cluster_simple.json")
        #expect(
            try topology.addReplicas(to: "lb1", count: 30).last?.outline == "31 replica31 replica31 172.31.1.51 15463"
        )
        #expect(throws: InvalidTopology.self) { try topology.addReplicas(to: "lb1", count: 1) }
    }
}
