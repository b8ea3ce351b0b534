import Foundation
import Testing

extension OnARealEngine {
    struct ScaleTests {
        @Test
        func `a script scales a cluster up and down, and what it adds gets reads`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try FileManager.default.copyItem(
                    at: Places.example("scale.lua"),
                    to: cluster.folder.appending(path: "scale.lua")
                )
                let before = try await cluster.holdings()

                try await cluster.succeed(
                    "run",
                    "scale.lua",
                    "--cluster",
                    cluster.name,
                    "--balancer",
                    "lb1",
                    "--replicas",
                    "2"
                )
                try await theAddedNodeIsKnownEverywhere(cluster)
                try await theAddedNodeGetsReads(cluster)
                try await badCountsChangeNothing(cluster)

                try await cluster.succeed(
                    "run",
                    "scale.lua",
                    "--cluster",
                    cluster.name,
                    "--balancer",
                    "lb1",
                    "--replicas",
                    "0"
                )
                let after = try await cluster.holdings()
                #expect(after.volumes.count == before.volumes.count - 1, "\(after)")
                #expect(after.containers.count == before.containers.count - 1, "\(after)")
                #expect(Set(after.containers.values).isSubset(of: before.containers.values), "\(after)")
                #expect(try await cluster.balancer("lb1").poolNodes().filter { $0.status == "up" }.map(\.id) == [0])
                try await cluster.becomesWell()
            }
        }

        @Test
        func `when the node that a cluster began with is gone, scaling renumbers no other one`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try await cluster.succeed("switchover", "--cluster", cluster.name)
                let replace = Places.example("workflows/replace-replicas.lua").path()
                try await cluster.succeed("run", replace, "--cluster", cluster.name)
                let before = try await cluster.becomesHealthy()
                #expect(before.nodes.map(\.node_id).sorted() == [1, 2], "\(before.nodes)")

                try await cluster.succeed("scale", cluster.name, "--replicas", "2")
                let after = try await cluster.becomesWell()
                #expect(after.nodes.count == 3)
                for node in before.nodes {
                    let same = try #require(after.nodes.first { $0.container == node.container })
                    #expect((same.node_id, same.role) == (node.node_id, node.role), "\(after.nodes)")
                }
                let history = try await cluster.succeed("history", "--cluster", cluster.name)
                #expect(!history.output.contains("failover"), "\(history)")
            }
        }

        private func theAddedNodeIsKnownEverywhere(_ cluster: Cluster) async throws {
            let elsewhere = FileManager.default.temporaryDirectory
            let shown = try await cluster.pgbc("status", cluster.name, "--json", in: elsewhere)
            let status = try JSONDecoder().decode(StatusView.self, from: Data(shown.lastLine.utf8))
            #expect(status.nodes.map(\.role) == ["primary", "replica", "replica"], "\(shown)")
            #expect(status.nodes.map(\.isUp) == [true, true, true], "\(shown)")
            try await cluster.becomesWell()
        }

        private func theAddedNodeGetsReads(_ cluster: Cluster) async throws {
            let balancer = try await cluster.balancer("lb1")
            let before = try await balancer.poolNodes()
            #expect(
                before.last.map { $0.id == 2 && $0.selects > 0 } == true,
                "the command ends when it has had one: \(before)"
            )
            try await balancer.readOverShortConnections(60)
            let after = try await balancer.poolNodes()
            #expect(after.map(\.id) == [0, 1, 2])
            let reads = zip(before, after).map { $1.selects - $0.selects }
            #expect(reads.allSatisfy { $0 > 0 }, "reads of the nodes: \(reads)")
            #expect(reads.reduce(0, +) >= 60, "reads of the nodes: \(reads)")
        }

        private func badCountsChangeNothing(_ cluster: Cluster) async throws {
            let before = try await cluster.holdings()
            let words = ["-1", "99999999999999999999", "1000", "two", "1.5", ""]
            for word in words {
                let refused = try await cluster.pgbc("scale", cluster.name, "--balancer", "lb1", "--replicas", word)
                #expect(refused.code == 2, "\(refused)")
                #expect(refused.errors.hasPrefix("error: "), "\(refused)")
            }
            for word in words + ["0"] {
                let refused = try await cluster.pgbc("add-replica", cluster.name, "--balancer", "lb1", "--count", word)
                #expect(refused.code == 2, "\(refused)")
            }
            #expect(try await cluster.holdings() == before)
        }
    }
}
