import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    @Suite(.cluster("balancer \"lb1\" { replicas = 2 }"))
    struct WatchTests {
        @Test
        func `a primary that hangs is replaced, killed, and comes back as a replica`() async throws {
            let cluster = try SharedCluster.running
            let primary = try await cluster.node(in: "primary")
            let begun = try await cluster.client.inspectContainer(primary.container).state.startedAt
            let watch = try await cluster.startWatch()

            try await cluster.pause(primary.container)
            try await wait(upTo: .seconds(60), until: "\(primary.node) is a replica") {
                try await cluster.status().nodes.first { $0.node == primary.node }?.role == "replica"
            }
            try await cluster.becomesHealthy()

            #expect(try await cluster.client.inspectContainer(primary.container).state.startedAt != begun)
            #expect(watch.errors.contains("\(primary.node) hangs and "), "\(watch.errors)")
            try await end(watch)
        }

        @Test
        func `what is gone is brought back: replicas, data, network, balancer`() async throws {
            let cluster = try SharedCluster.running
            let client = cluster.client
            let watch = try await cluster.startWatch()

            let replica = try await cluster.node(in: "replica")
            try await client.killContainer(replica.container)
            try await cluster.losesAndRegains(replica)

            // The watch may have made the container anew in between.
            try await wait(upTo: .seconds(60), until: "the data of \(replica.node) is gone") {
                try? await client.removeContainer(replica.container, force: true)
                try await client.removeVolume("\(replica.container)_data")
                return true
            }
            try await cluster.losesAndRegains(replica)

            try await client.disconnectContainer(replica.container, from: "\(cluster.name)_net")
            try await cluster.losesAndRegains(replica)

            let balancer = try #require(try await cluster.status().balancers.first)
            let before = try await client.inspectContainer(balancer.container).id
            try await client.removeContainer(balancer.container, force: true)
            try await wait(upTo: .seconds(90), until: "there is another balancer") {
                try await client.inspectContainer(balancer.container).id != before
            }
            try await cluster.becomesHealthy()
            try await end(watch)
        }

        @Test
        func `a node in maintenance is left alone`() async throws {
            let cluster = try SharedCluster.running
            try await cluster.becomesHealthy()
            let replica = try await cluster.node(in: "replica")
            try await cluster.succeed("maintenance", replica.node, "on", "--cluster", cluster.name)
            _ = try await cluster.client.stopContainer(replica.container)

            let watch = try await cluster.succeed("watch", cluster.name, "--rounds", "5", "--every", "300ms")
            #expect(watch.errors.contains("\(replica.node) is exited"), "\(watch)")
            #expect(try await cluster.client.inspectContainer(replica.container).state.status == .exited)

            try await cluster.succeed("maintenance", replica.node, "off", "--cluster", cluster.name)
            try await cluster.becomesHealthy()
        }

        @Test
        func `a watcher on the engine mends by itself, is there once, and goes with its cluster`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                let name = "\(cluster.name)_watch"
                try await cluster.succeed("watch", cluster.name, "--install")
                let first = try await cluster.holdings().containers[name]
                try await cluster.succeed("watch", cluster.name, "--install")
                let second = try await cluster.holdings().containers[name]
                #expect(first != nil && second != nil && first != second)
                #expect(try await cluster.status().watcher?.state == "running")

                let replica = try await cluster.node(in: "replica")
                try await cluster.client.killContainer(replica.container)
                try await cluster.losesAndRegains(replica)
                let log = try await cluster.succeed("logs", "watch", "--cluster", cluster.name)
                #expect(log.output.contains("\(replica.node) is exited"), "\(log)")

                let outside = try await cluster.start("watch", cluster.name, "--every", "300ms")
                try await wait(upTo: .seconds(90), until: "it looks") { outside.errors.contains("looks after") }
                try await cluster.succeed("destroy", cluster.name, "--yes")
                #expect(try await outside.finish(within: .seconds(20)).code == 0, "\(outside.errors)")
                #expect(try await cluster.holdings().isEmpty)
            }
        }

        /// Ends it as the engine does.
        private func end(_ watch: RunningProgram) async throws {
            watch.send(SIGTERM)
            let finished = try await watch.finish(within: .seconds(30))
            #expect(finished.code == 130, "\(finished)")
        }
    }
}

extension Cluster {
    /// A watch that has looked once.
    fileprivate func startWatch() async throws -> RunningProgram {
        let watch = try await start("watch", name, "--every", "500ms")
        try await wait(upTo: .seconds(90), until: "the watch looks") { watch.errors.contains("looks after") }
        return watch
    }

    /// The first node of that role in a healthy cluster.
    fileprivate func node(in role: String) async throws -> StatusView.Node {
        try #require(try await becomesHealthy().nodes.first { $0.role == role })
    }

    /// Something was just done to a node: waits until PostgreSQL has been started there anew or has another stream, and all is well.
    fileprivate func losesAndRegains(_ node: StatusView.Node) async throws {
        try await wait(upTo: .seconds(90), until: "the container of \(node.node) runs, in its network") {
            let found = try await client.inspectContainer(node.container)
            return found.state.status == .running && found.networks["\(name)_net"] != nil
        }
        try await becomesHealthy()
    }
}
