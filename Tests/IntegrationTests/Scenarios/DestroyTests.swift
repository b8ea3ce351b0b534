import DockerEngine
import Testing

extension OnARealEngine {
    struct DestroyTests {
        @Test
        func `destroy removes its own cluster only, and asks first`() async throws {
            try await withCluster { neighbour in
                try neighbour.describe("balancer \"lb1\" { replicas = 0 }")
                try await neighbour.succeed("init", "--config", "cluster.lua")
                try await withCluster { cluster in
                    try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                    try await cluster.succeed("init", "--config", "cluster.lua")
                    let foreign = try await Foreign(beside: cluster)
                    let (before, beside) = (try await cluster.holdings(), try await neighbour.holdings())

                    let refused = try await cluster.pgbc("destroy", cluster.name)
                    #expect(refused.code == 2, "\(refused)")
                    #expect(refused.errors.contains("--yes"), "\(refused)")
                    #expect(try await cluster.holdings() == before)

                    try await cluster.succeed("destroy", cluster.name, "--yes")
                    let left = try await cluster.holdings()
                    #expect(left.isEmpty, "\(left)")
                    #expect(try await neighbour.holdings() == beside)
                    #expect(try await foreign.isThere())
                    let again = try await cluster.pgbc("destroy", cluster.name, "--yes")
                    #expect(again.code == 4, "\(again)")
                }
                try await neighbour.becomesHealthy()
            }
        }

        @Test
        func `data that destroy keeps is there after the next init`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                _ = try await cluster.balancer("lb1").run("CREATE TABLE kept AS SELECT 42 AS n")

                try await cluster.succeed("destroy", cluster.name, "--yes", "--keep-data")
                let kept = try await cluster.holdings()
                #expect(kept.containers.isEmpty && kept.networks.isEmpty, "\(kept)")
                #expect(kept.volumes.count == 3, "\(kept)")

                try await cluster.succeed("init", "--config", "cluster.lua")
                try await cluster.becomesHealthy()
                #expect(try await cluster.balancer("lb1").value("SELECT n FROM kept") == "42")
                #expect(try await cluster.node("lb1-replica1").value("SELECT n FROM kept") == "42")
            }
        }
    }
}

/// A container and a volume that pgbc did not make, with names that begin like the cluster's.
private struct Foreign {
    let container: String
    let volume: String
    let client: DockerClient

    init(beside cluster: Cluster) async throws {
        let (client, container, volume) = (
            cluster.client, "\(cluster.name)_lb1_other", "\(cluster.name)_lb1_other_data"
        )
        (self.client, self.container, self.volume) = (client, container, volume)
        try await client.createVolume(volume)
        await cluster.onEnd { try await client.removeVolume(volume, force: true) }
        var config = ContainerConfig(image: "pgbc/postgres:15")
        config.entrypoint = ["true"]
        config.mounts = [Mount(.volume(volume), at: "/data")]
        let id = try await client.createContainer(container, config)
        await cluster.onEnd { try await client.removeContainer(id, force: true) }
    }

    func isThere() async throws -> Bool {
        let containers = try await client.listContainers().map(\.name)
        let volumes = try await client.listVolumes().map(\.name)
        return containers.contains(container) && volumes.contains(volume)
    }
}
