import Foundation
import Testing

extension OnARealEngine {
    struct InterruptionTests {
        @Test(arguments: [(1, 1), (6, 4), (14, 8), (24, 11)])
        func `a killed init is completed by the next init, a killed destroy by the next destroy`(
            _ initEvents: Int,
            _ destroyEvents: Int
        ) async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.kill(after: initEvents, "init", "--config", "cluster.lua", "--json")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try await isComplete(cluster)

                try await cluster.kill(after: destroyEvents, "destroy", cluster.name, "--yes", "--json")
                // The engine ends what was under way, which may have been the last of it.
                let second = try await cluster.pgbc("destroy", cluster.name, "--yes")
                #expect([0, 4].contains(second.code), "\(second)")
                let left = try await cluster.holdings()
                #expect(left.isEmpty, "\(left)")
            }
        }

        @Test
        func `an init after a killed destroy begins anew`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 0 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try await cluster.kill(after: 3, "destroy", cluster.name, "--yes", "--json")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try await isComplete(cluster)
            }
        }

        @Test
        func `an init that is interrupted says so, gives its lock back, and is completed by the next`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                let running = try await cluster.start("init", "--config", "cluster.lua", "--json")
                try await running.hasWritten(lines: 8)
                running.send(SIGINT)
                let interrupted = try await running.finish(within: .seconds(20))
                #expect(interrupted.code == 130, "\(interrupted)")
                #expect(try await cluster.holdings().containers["\(cluster.name)_lock"] == nil, "\(interrupted)")

                try await cluster.succeed("init", "--config", "cluster.lua")
                try await isComplete(cluster)
            }
        }

        private func isComplete(_ cluster: Cluster) async throws {
            try await cluster.becomesWell()
            let names = try await cluster.holdings().containers.keys
            #expect(!names.contains { $0.hasSuffix("_lock") || $0.hasSuffix("_seed") }, "\(names)")
            let balancer = try await cluster.balancer("lb1")
            #expect(try await balancer.value("CREATE TABLE t AS SELECT 7 AS n; SELECT n FROM t") == "7")
        }
    }
}

extension Cluster {
    /// Starts `pgbc` and kills it as soon as it has told of so many events.
    fileprivate func kill(after events: Int, _ arguments: String...) async throws {
        let running = try await start(arguments)
        try await running.hasWritten(lines: events)
        running.send(SIGKILL)
        let killed = try await running.finish(within: .seconds(10))
        #expect(killed.code == SIGKILL, "it was to be killed after \(events) events: \(killed)")
    }
}
