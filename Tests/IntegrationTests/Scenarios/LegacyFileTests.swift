import Foundation
import Testing

extension OnARealEngine {
    struct LegacyFileTests {
        @Test(arguments: ["pgbalancer_cluster_simple.json", "pgbalancer_cluster.json"])
        func `a legacy file comes up with true replication, and a second init changes nothing`(_ file: String)
            async throws
        {
            try await withCluster { cluster in
                let config = try await cluster.writeLegacyFile(file)
                let first = try await cluster.succeed("init", "--config", config)
                #expect(first.output.contains("pgbc psql "), "\(first)")
                let status = try await cluster.status()
                for balancer in status.balancers { try await everyNodeServes(balancer, of: cluster) }
                let before = try await cluster.holdings()

                let second = try await cluster.succeed("init", "--config", config)
                #expect(second.errors.contains("nothing to do"), "\(second)")
                #expect(try await cluster.holdings() == before)
                try await cluster.becomesWell()
            }
        }

        /// Asks PostgreSQL and the balancer themselves, not pgbc.
        private func everyNodeServes(_ balancer: StatusView.Balancer, of cluster: Cluster) async throws {
            let primary = try #require(balancer.nodes.first)
            let replicas = balancer.nodes.dropFirst()
            let streaming = try await cluster.node("\(primary.container)").run(
                "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming' ORDER BY 1"
            )
            #expect(streaming == replicas.map { "pgbc_\($0.node_id)" }, "\(balancer.balancer)")
            let pool = try await cluster.balancer(balancer.balancer).poolNodes()
            #expect(pool.map(\.status) == balancer.nodes.map { _ in "up" })
            #expect(pool.map(\.role) == ["primary"] + replicas.map { _ in "standby" })
        }
    }
}
