import ClusterModel
import Testing

@Suite struct LegacyTopologyTests {
    @Test func `the simple file loads as it is`() throws {
        let topology = try Topology.load(legacyDocument("pgbalancer_cluster_simple.json"), source: "simple")
        #expect(
            topology.outline == """
                pgbalancer_simple_cluster pgbalancer_simple_net 172.31.0.0/16
                lb1 pgbalancer_lb1 172.31.1.10 19999 19898 18080
                  0 primary1 primary1 172.31.1.20 15432
                  1 replica1 replica1 172.31.1.21 15433
                """
        )
        let balancer = try #require(topology.balancer("lb1"))
        #expect(balancer.parameters == ["num_init_children": "16", "max_pool": "2", "load_balance_mode": "on"])
        #expect(balancer.driver == .pgpool)
        #expect(topology.bindAddress == "127.0.0.1")
    }

    @Test func `the file with two balancers loads as it is`() throws {
        let topology = try Topology.load(legacyDocument("pgbalancer_cluster.json"), source: "two")
        #expect(
            topology.outline == """
                pgbalancer_production_cluster pgbalancer_cluster_net 172.30.0.0/16
                lb1 pgbalancer_lb1 172.30.1.10 19999 19898 18080
                  0 lb1-primary lb1_primary 172.30.1.20 15432
                  1 lb1-replica1 lb1_replica1 172.30.1.21 15433
                  2 lb1-replica2 lb1_replica2 172.30.1.22 15434
                lb2 pgbalancer_lb2 172.30.2.10 29999 29898 28080
                  0 lb2-primary lb2_primary 172.30.2.20 25432
                  1 lb2-replica1 lb2_replica1 172.30.2.21 25433
                """
        )
    }

    @Test(arguments: ["pgbalancer_cluster_simple.json", "pgbalancer_cluster.json"])
    func `a file is exported letter by letter`(name: String) throws {
        let topology = try Topology.load(legacyDocument(name), source: name)
        #expect(try topology.document.json(pretty: true) == legacyText(name))
    }

    @Test func `one balancer with many replicas, as in the advanced usage`() throws {
        let json = """
            { "balancers": [ { "name": "lb_main", "primary": {}, "replicas": [
              { "node_id": 1 }, { "node_id": 2 }, { "node_id": 3 }, { "node_id": 4 }, { "node_id": 5 } ] } ] }
            """
        let topology = try Topology.load(Document(json: json, source: "x"), source: "x")
        #expect(
            topology.outline == """
                pgbc pgbc_net 172.28.0.0/16
                lb_main pgbc_lb_main 172.28.1.10 19999 19898 18080
                  0 lb_main-primary pgbc_lb_main_primary 172.28.1.20 15432
                  1 lb_main-replica1 pgbc_lb_main_replica1 172.28.1.21 15433
                  2 lb_main-replica2 pgbc_lb_main_replica2 172.28.1.22 15434
                  3 lb_main-replica3 pgbc_lb_main_replica3 172.28.1.23 15435
                  4 lb_main-replica4 pgbc_lb_main_replica4 172.28.1.24 15436
                  5 lb_main-replica5 pgbc_lb_main_replica5 172.28.1.25 15437
                """
        )
    }

    @Test func `independent balancers, as in the advanced usage`() throws {
        let document: Document = [
            "balancers": [
                ["name": "app1_balancer", "port": 19999, "primary": [:], "replicas": []],
                ["name": "app2_balancer", "port": 29999, "primary": [:], "replicas": []],
                ["name": "app3_balancer", "port": 39999, "primary": [:], "replicas": []],
            ]
        ]
        #expect(
            try Topology.load(document, source: "x").outline == """
                pgbc pgbc_net 172.28.0.0/16
                app1_balancer pgbc_app1_balancer 172.28.1.10 19999 19898 18080
                  0 app1_balancer-primary pgbc_app1_balancer_primary 172.28.1.20 15432
                app2_balancer pgbc_app2_balancer 172.28.2.10 29999 29898 28080
                  0 app2_balancer-primary pgbc_app2_balancer_primary 172.28.2.20 25432
                app3_balancer pgbc_app3_balancer 172.28.3.10 39999 39898 38080
                  0 app3_balancer-primary pgbc_app3_balancer_primary 172.28.3.20 35432
                """
        )
    }
}
