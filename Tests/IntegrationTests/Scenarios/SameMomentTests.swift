import Foundation
import Testing

extension OnARealEngine {
    /// Places that are left to pgbc are chosen from what is free, by each command for itself.
    struct SameMomentTests {
        @Test func `clusters that are made at the same moment all come up`() async throws {
            try await withCluster { first in
                try await withCluster { second in
                    try await withCluster { third in
                        let clusters = [first, second, third]
                        var running: [RunningProgram] = []
                        for cluster in clusters {
                            try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                            running.append(try await cluster.start("init", "--config", "cluster.lua"))
                        }
                        for program in running {
                            let up = try await program.finish(within: .seconds(120))
                            #expect(up.code == 0, "\(up)")
                        }
                        for cluster in clusters {
                            try await cluster.becomesHealthy()
                            let balancer = try await cluster.balancer("lb1")
                            #expect(try await balancer.value("CREATE TABLE t AS SELECT 7 AS n; SELECT n FROM t") == "7")
                        }
                    }
                }
            }
        }

        @Test func `data that was kept comes up elsewhere when another cluster has its places by now`() async throws {
            try await withCluster { away in
                try away.describe("balancer \"lb1\" { replicas = 1 }")
                try await away.succeed("init", "--config", "cluster.lua")
                let before = try #require(try await away.status().balancers.first)
                _ = try await away.balancer("lb1").run("CREATE TABLE kept AS SELECT 42 AS n")
                try await away.succeed("destroy", away.name, "--yes", "--keep-data")
                try await withCluster { other in
                    try other.describe("balancer \"lb1\" { replicas = 1 }")
                    try await other.succeed("init", "--config", "cluster.lua")
                    #expect(try await other.status().balancers.first?.rest_port == before.rest_port)

                    try await away.succeed("init", "--config", "cluster.lua")
                    try await away.becomesHealthy()
                    #expect(try await away.balancer("lb1").value("SELECT n FROM kept") == "42")
                    #expect(try await away.node("lb1-replica1").value("SELECT n FROM kept") == "42")
                    let after = try #require(try await away.status().balancers.first)
                    #expect(after.rest_port != before.rest_port)
                    try await other.becomesHealthy()
                }
            }
        }
    }
}
