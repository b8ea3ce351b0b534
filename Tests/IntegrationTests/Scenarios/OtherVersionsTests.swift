import DockerEngine
import Testing

extension OnARealEngine {
    @Suite struct OtherVersionsTests {
        @Test(arguments: [OtherPostgres.seventeen, OtherPostgres.eighteen])
        func `a cluster of another image replicates, switches over and fails over`(image: String) async throws {
            try await OtherPostgres.prepare()
            try await withCluster { cluster in
                try cluster.write(
                    "return cluster \"\(cluster.name)\" { image = \"\(image)\", balancer \"lb1\" { replicas = 2 } }",
                    to: "cluster.lua"
                )
                try await cluster.succeed("init", "--config", "cluster.lua")
                let balancer = try await cluster.balancer("lb1")
                _ = try await balancer.run("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
                try await cluster.succeed("switchover", cluster.name)
                _ = try await balancer.run("INSERT INTO kept VALUES (2)")
                let before = try await cluster.becomesHealthy()
                let primary = try #require(before.nodes.first { $0.role == "primary" })
                try await cluster.client.killContainer(primary.container)
                try await wait(upTo: .seconds(90), until: "a write is accepted after the primary's death") {
                    try await balancer.run("INSERT INTO kept VALUES (3)", limit: .seconds(10)).isEmpty
                }
                try await cluster.succeed("apply", cluster.name)
                let after = try await cluster.becomesHealthy()
                #expect(after.nodes.first { $0.node == primary.node }?.role == "replica")
                #expect(try await cluster.majors() == [String(image.suffix(2))])
                for node in after.nodes {
                    try await wait(upTo: .seconds(90), until: "\(node.node) has all rows") {
                        try await cluster.node(node.node).value("SELECT count(*) FROM kept") == "3"
                    }
                }
            }
        }
    }
}
