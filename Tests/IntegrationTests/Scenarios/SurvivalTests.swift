import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    @Suite(.cluster("balancer \"lb1\" { replicas = 2 }"))
    struct SurvivalTests {
        @Test
        func `the cluster comes back by itself when every container is restarted, in any order`() async throws {
            let cluster = try SharedCluster.running
            let balancer = try await cluster.balancer("lb1")
            _ = try await balancer.run("CREATE TABLE restarts (n int); INSERT INTO restarts VALUES (0)")
            let names = try await cluster.holdings().containers.keys.sorted()
            for (round, order) in [names, names.reversed()].enumerated() {
                for name in order { try await cluster.client.restartContainer(name) }
                try await cluster.becomesHealthy()
                #expect(try await balancer.value("SELECT count(*) FROM restarts") == "\(round + 1)", "after \(order)")
                _ = try await balancer.run("INSERT INTO restarts VALUES (\(round + 1))")
            }
            try await cluster.becomesWell()
        }

        @Test
        func `a killed primary is replaced without pgbc, and comes back as a replica`() async throws {
            let cluster = try SharedCluster.running
            let before = try await cluster.becomesHealthy()
            let primary = try #require(before.nodes.first { $0.role == "primary" })
            let balancer = try await cluster.balancer("lb1")
            _ = try await balancer.run("CREATE TABLE failovers (n int)")
            let watch = try await PrimaryWatch(cluster, nodes: before.nodes.map(\.node))

            let after = try await watch.during {
                try await cluster.client.killContainer(primary.container)
                try await wait(upTo: .seconds(90), until: "a write is accepted after the primary's death") {
                    try await balancer.run("INSERT INTO failovers VALUES (1)", limit: .seconds(10)).isEmpty
                }
                try await aStoppedNodeIsTold(primary, of: cluster)
                try await cluster.client.startContainer(primary.container)
                return try await cluster.becomesWell()
            }

            let back = try #require(after.nodes.first { $0.node == primary.node })
            #expect(back.role == "replica" && back.isUp, "\(back)")
            #expect(after.nodes.allSatisfy { $0.timeline == back.timeline }, "\(after.nodes)")
            #expect(try await cluster.node(primary.node).value("SELECT count(*) > 0 FROM failovers") == "t")
        }

        @Test
        func `settings that a run which was cut had written for one node are taken back by apply`() async throws {
            let cluster = try SharedCluster.running
            let node = try #require(try await cluster.becomesHealthy().nodes.first)
            let connection = try await cluster.node(node.node)
            let before = try await connection.value("SHOW work_mem")
            let name = "settings.\(node.node_id)"
            let path = "/pgbc/control/lb1"
            let whole = try #require(try await cluster.client.downloadFile("\(path)/\(name)", from: node.container))
            var archive = TarArchive()
            archive.addFile(name, text: "work_mem = '23MB'\n" + String(decoding: whole, as: UTF8.self))
            try await cluster.client.upload(archive, to: node.container, at: path)
            try await wait(upTo: .seconds(60), until: "\(node.node) has read them") {
                try await connection.value("SHOW work_mem") == "23MB"
            }
            try await cluster.succeed("apply", cluster.name)
            try await wait(upTo: .seconds(60), until: "\(node.node) has read those that were asked for") {
                try await connection.value("SHOW work_mem") == before
            }
            #expect(try await cluster.client.downloadFile("\(path)/\(name)", from: node.container) == whole)
        }

        @Test
        func `a node whose settings were reloaded is started again by the engine when it crashes`() async throws {
            let cluster = try SharedCluster.running
            let replica = try #require(try await cluster.becomesHealthy().nodes.first { $0.role == "replica" })
            let reload = "pgbc.cluster():balancer('lb1'):reload()"
            try await cluster.succeed("repl", "--cluster", cluster.name, "-e", reload)
            let crash = "kill -s KILL $(head -n 1 /var/lib/postgresql/*/data/postmaster.pid)"
            let before = try await cluster.client.inspectContainer(replica.container).state.startedAt
            _ = try await cluster.client.runExec(replica.container, ["/bin/sh", "-c", crash])
            try await wait(upTo: .seconds(90), until: "\(replica.container) runs again") {
                let state = try await cluster.client.inspectContainer(replica.container).state
                return state.status == .running && state.startedAt != before
            }
            try await cluster.becomesWell()
        }

        @Test
        func `status says in a sentence that a replica is stopped, and apply starts it`() async throws {
            let cluster = try SharedCluster.running
            let replica = try #require(try await cluster.becomesHealthy().nodes.first { $0.role == "replica" })
            try await cluster.client.stopContainer(replica.container)
            try await aStoppedNodeIsTold(replica, of: cluster)
            try await cluster.succeed("apply", cluster.name)
            try await cluster.becomesWell()
        }

        private func aStoppedNodeIsTold(_ node: StatusView.Node, of cluster: Cluster) async throws {
            let shown = try await cluster.pgbc("status", cluster.name)
            #expect(shown.code == 0, "\(shown)")
            #expect(shown.output.contains("! \(node.node) is exited"), "\(shown)")
            let checked = try await cluster.pgbc("status", cluster.name, "--check")
            #expect(checked.code == 6, "\(checked)")
        }
    }
}
