import ClusterModel
import Testing

@Suite struct AllocationTests {
    @Test func `the shape that Lua hands over is completed by the legacy patterns`() throws {
        let document: Document = [
            "cluster_name": "shop",
            "balancers": [
                ["name": "lb1", "replicas": 2, "pool": ["num_init_children": 32]], ["name": "lb2", "replicas": 1],
            ],
        ]
        let topology = try Topology.load(document, source: "x")
        #expect(
            topology.outline == """
                shop shop_net 172.28.0.0/16
                lb1 shop_lb1 172.28.1.10 19999 19898 18080
                  0 lb1-primary shop_lb1_primary 172.28.1.20 15432
                  1 lb1-replica1 shop_lb1_replica1 172.28.1.21 15433
                  2 lb1-replica2 shop_lb1_replica2 172.28.1.22 15434
                lb2 shop_lb2 172.28.2.10 29999 29898 28080
                  0 lb2-primary shop_lb2_primary 172.28.2.20 25432
                  1 lb2-replica1 shop_lb2_replica1 172.28.2.21 25433
                """
        )
        #expect(topology.balancer("lb1")?.parameters == ["num_init_children": "32"])
    }

    @Test func `a balancer of which nothing is said gets one replica`() throws {
        let topology = try Topology.load(["balancers": [["name": "lb1"]]], source: "x")
        #expect(topology.balancers.map(\.replicas.count) == [1])
    }

    @Test func `what others use is gone round`() throws {
        let host = HostUse(
            ports: [19898: "another cluster", 25433: "a database"],
            networks: [
                .init(name: "shop_net", subnet: try #require(Subnet("172.28.0.0/14"))),
                .init(name: "vpn", subnet: try #require(Subnet("10.100.7.0/24"))),
            ],
            containerNames: ["shop_lb1": "somebody", "shop_lb1_replica1": "somebody"]
        )
        let document: Document = ["cluster_name": "shop", "balancers": [["name": "lb1", "replicas": 2]]]
        let topology = try Topology.load(document, source: "x", host: host)
        #expect(
            topology.outline == """
                shop shop_net2 10.101.0.0/16
                lb1 shop_lb1_2 10.101.3.10 39999 39898 38080
                  0 lb1-primary shop_lb1_primary 10.101.3.20 35432
                  1 lb1-replica2 shop_lb1_replica2 10.101.3.21 35433
                  2 lb1-replica3 shop_lb1_replica3 10.101.3.22 35434
                """
        )
        #expect(topology.conflicts(with: host).isEmpty)
    }

    @Test func `what the document gives stays and the rest gathers around it`() throws {
        let document: Document = [
            "balancers": [
                ["name": "lb1"],
                [
                    "name": "lb2", "port": 19999, "ip_address": "10.5.7.40",
                    "primary": ["host": "primary1", "container_name": "primary1", "port": 15500],
                    "replicas": [["port": 15433], [:]],
                ],
            ]
        ]
        #expect(
            try Topology.load(document, source: "x").outline == """
                pgbc pgbc_net 10.5.0.0/16
                lb1 pgbc_lb1 10.5.2.10 29999 29898 28080
                  0 lb1-primary pgbc_lb1_primary 10.5.2.20 25432
                  1 lb1-replica1 pgbc_lb1_replica1 10.5.2.21 25433
                lb2 pgbc_lb2 10.5.7.40 19999 19898 18080
                  0 primary1 primary1 10.5.7.20 15500
                  1 replica1 replica1 10.5.7.21 15433
                  2 replica2 replica2 10.5.7.22 15502
                """
        )
    }

    @Test func `a small network is filled from its own addresses`() throws {
        let document: Document = [
            "network": ["subnet": "192.168.7.0/29", "gateway": "192.168.7.3"],
            "balancers": [["name": "lb1", "replicas": 2]],
        ]
        #expect(
            try Topology.load(document, source: "x").outline == """
                pgbc pgbc_net 192.168.7.0/29 gateway 192.168.7.3
                lb1 pgbc_lb1 192.168.7.1 19999 19898 18080
                  0 lb1-primary pgbc_lb1_primary 192.168.7.2 15432
                  1 lb1-replica1 pgbc_lb1_replica1 192.168.7.4 15433
                  2 lb1-replica2 pgbc_lb1_replica2 192.168.7.5 15434
                """
        )
    }

    @Test func `balancers share a /24 if that is all there is`() throws {
        let document: Document = [
            "network": ["subnet": "10.1.2.0/24"], "balancers": [["name": "a"], ["name": "b"]],
        ]
        #expect(
            try Topology.load(document, source: "x").outline == """
                pgbc pgbc_net 10.1.2.0/24
                a pgbc_a 10.1.2.10 19999 19898 18080
                  0 a-primary pgbc_a_primary 10.1.2.20 15432
                  1 a-replica1 pgbc_a_replica1 10.1.2.21 15433
                b pgbc_b 10.1.2.11 29999 29898 28080
                  0 b-primary pgbc_b_primary 10.1.2.22 25432
                  1 b-replica1 pgbc_b_replica1 10.1.2.23 25433
                """
        )
    }

    @Test func `two hundred and fifty balancers of 31 replicas do not meet`() throws {
        let balancers = (1...250).map { Document.object([.init("name", .string("lb\($0)")), .init("replicas", 31)]) }
        let topology = try Topology.load(["balancers": .array(balancers)], source: "x")
        #expect(topology.balancers[5].port == 19899)
        #expect(topology.balancers[249].primary.port == 50532)
        #expect(topology.balancers.flatMap(\.nodes).count == 8000)
    }

    @Test func `a full port range is said`() {
        let host = HostUse(ports: Dictionary(uniqueKeysWithValues: (1024...65535).map { ($0, "somebody") }))
        #expect(
            problems(["balancers": [["name": "lb1"]]], host: host).first
                == "balancers[0].port: no port is free on this host"
        )
    }

    @Test func `settings are inherited from cluster to balancer to node`() throws {
        let document: Document = [
            "settings": ["work_mem": "8MB", "jit": false, "max_connections": 300],
            "balancers": [
                [
                    "name": "lb1", "settings": ["work_mem": "16MB", "Random_Page_Cost": 1.1],
                    "replicas": [["settings": ["work_mem": "32MB"]], ["weight": 0.5, "image": "postgres:17"]],
                ]
            ],
        ]
        let balancer = try #require(try Topology.load(document, source: "x").balancer("lb1"))
        let shared = ["jit": "off", "max_connections": "300", "random_page_cost": "1.1"]
        #expect(balancer.primary.settings == shared.merging(["work_mem": "16MB"]) { $1 })
        #expect(balancer.replicas[0].settings == shared.merging(["work_mem": "32MB"]) { $1 })
        #expect(balancer.replicas[1].settings == balancer.primary.settings)
        #expect(balancer.replicas.map(\.weight) == [1, 0.5])
        #expect(balancer.replicas.map(\.image) == [nil, "postgres:17"])
    }

    @Test func `null counts as left out, and a Lua table may be empty`() throws {
        let document: Document = [
            "cluster_name": nil, "network": [],
            "balancers": [["name": "lb1", "port": nil, "primary": [], "replicas": [:]]],
        ]
        #expect(try Topology.load(document, source: "x").balancers.map(\.replicas.count) == [0])
    }

    /// Whatever mixture of given and left-out values a document has, the outcome is a refusal with reasons or a topology in
    /// which nothing collides, with itself or with the host, and which its own export gives back.
    @Test func `random documents give a sound topology or reasons`() throws {
        var random = SplitMix(state: 11)
        var accepted = 0
        for _ in 0..<200 {
            let document = Self.document(using: &random)
            let host = HostUse(
                ports: Dictionary((0..<20).map { _ in (Int.random(in: 15430...15440, using: &random), "x") }) { $1 },
                networks: [.init(name: "pgbc_net", subnet: try #require(Subnet("172.28.0.0/15")))],
                containerNames: ["pgbc_lb0": "x"]
            )
            do throws(InvalidTopology) {
                let topology = try Topology.load(document, source: "x", host: host)
                #expect(try topology == Topology.load(topology.document, source: "x"))
                #expect(try topology == Topology.load(document, source: "x", host: .none, running: topology))
                accepted += 1
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
        #expect(accepted > 50)
    }

    private static func document(using random: inout SplitMix) -> Document {
        let balancers = (0..<Int.random(in: 1...3, using: &random)).map { index -> Document in
            var members: [Document.Member] = [.init("name", .string("lb\(index)"))]
            if Bool.random(using: &random) {
                members.append(.init("port", .integer(.random(in: 19997...20001, using: &random))))
            }
            if Bool.random(using: &random) { members.append(.init("ip_address", .string("172.30.\(index).10"))) }
            let replicas = (0..<Int.random(in: 0...3, using: &random)).map { _ in node(using: &random) }
            members.append(.init("replicas", Bool.random(using: &random) ? .integer(replicas.count) : .array(replicas)))
            if Bool.random(using: &random) { members.append(.init("primary", node(using: &random, id: 0))) }
            return .object(members)
        }
        return .object([.init("balancers", .array(balancers))])
    }

    private static func node(using random: inout SplitMix, id: Int? = nil) -> Document {
        var members: [Document.Member] = []
        if Bool.random(using: &random) {
            members.append(.init("node_id", .integer(id ?? .random(in: 1...9, using: &random))))
        }
        if Bool.random(using: &random) {
            members.append(.init("port", .integer(.random(in: 15430...15470, using: &random))))
        }
        if Bool.random(using: &random) {
            members.append(.init("host", .string("replica\(Int.random(in: 1...30, using: &random))")))
        }
        return .object(members)
    }
}
