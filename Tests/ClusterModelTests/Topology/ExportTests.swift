import ClusterModel
import Testing

@Suite struct ExportTests {
    static let full: Document = [
        "cluster_name": "shop",
        "network": ["name": "shop_net", "subnet": "10.9.0.0/24", "gateway": "10.9.0.254"],
        "bind_address": "0.0.0.0", "image": "postgres:17", "settings": ["work_mem": "8MB"],
        "balancers": [
            [
                "name": "lb1", "image": "pgbalancer:latest",
                "config": [
                    "log_connections": true, "child_life_time": "5min", "num_init_children": 8, "max_pool": "2",
                ],
                "settings": ["jit": false],
                "primary": ["weight": 0, "settings": ["work_mem": "16MB"]],
                "replicas": [["weight": 0.5, "image": "postgres:16"]],
            ]
        ],
    ]

    @Test func `everything is exported under its own key, inherited settings only where they were declared`() throws {
        let topology = try Topology.load(Self.full, source: "x")
        #expect(
            topology.document.json(pretty: false) == """
                {"cluster_name":"shop","network":{"name":"shop_net","subnet":"10.9.0.0/24","gateway":"10.9.0.254"},\
                "bind_address":"0.0.0.0","image":"postgres:17","settings":{"work_mem":"8MB"},\
                "balancers":[{"name":"lb1","container_name":"shop_lb1","ip_address":"10.9.0.10","port":19999,\
                "pcp_port":19898,"rest_api_port":18080,"image":"pgbalancer:latest",\
                "config":{"num_init_children":8,"max_pool":2,"child_life_time":"5min","log_connections":"on"},\
                "settings":{"jit":"off"},\
                "primary":{"host":"lb1-primary","port":15432,"container_name":"shop_lb1_primary","ip_address":"10.9.0.20",\
                "weight":0,"settings":{"work_mem":"16MB"}},\
                "replicas":[{"node_id":1,"host":"lb1-replica1","port":15433,"container_name":"shop_lb1_replica1",\
                "ip_address":"10.9.0.21","image":"postgres:16","weight":0.5}]}]}
                """
        )
        #expect(try Topology.load(topology.document, source: "x") == topology)
    }

    @Test func `the Lua file has the same in its own form`() throws {
        let topology = try Topology.load(legacyDocument("pgbalancer_cluster_simple.json"), source: "x")
        #expect(
            topology.lua == """
                return cluster "pgbalancer_simple_cluster" {
                  network = { name = "pgbalancer_simple_net", subnet = "172.31.0.0/16" },
                  balancer "lb1" {
                    container_name = "pgbalancer_lb1",
                    ip_address = "172.31.1.10",
                    port = 19999,
                    pcp_port = 19898,
                    rest_api_port = 18080,
                    config = { num_init_children = 16, max_pool = 2, load_balance_mode = "on" },
                    primary = { host = "primary1", port = 15432, container_name = "primary1", ip_address = "172.31.1.20" },
                    replicas = {
                      { node_id = 1, host = "replica1", port = 15433, container_name = "replica1", ip_address = "172.31.1.21" },
                    },
                  },
                }

                """
        )
    }
}
