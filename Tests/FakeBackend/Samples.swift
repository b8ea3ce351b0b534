/// Configuration files for tests.
package enum Sample {
    /// One balancer `lb1` with a primary and one replica, in Lua.
    package static let shop = """
        return cluster "shop" {
          balancer "lb1" { replicas = 1 },
        }
        """

    /// Two balancers, the second with two replicas, in Lua.
    package static let twins = """
        return cluster "twins" {
          balancer "lb1" { replicas = 1 },
          balancer "lb2" { replicas = 2 },
        }
        """
}

extension FakeRun {
    /// A fake engine that holds the cluster of a configuration, brought up by `init`.
    package static func engine(holding configuration: String) async throws -> FakeBackend {
        let backend = FakeBackend()
        let folder = try TemporaryFolder(["cluster.lua": configuration])
        _ = await FakeRun(["init"], on: backend, in: folder.folder)
        return backend
    }

    /// Runs a Lua text as the file `x.lua`.
    package init(
        script: String,
        _ arguments: [String] = [],
        options: [String] = [],
        on backend: FakeBackend = FakeBackend()
    ) async throws {
        let folder = try TemporaryFolder(["x.lua": script])
        self = await FakeRun(["run"] + options + ["x.lua"] + arguments, on: backend, in: folder.folder)
    }
}
