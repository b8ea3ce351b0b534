import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    /// Bad input before anything of a cluster exists: one clear message, the documented code, and nothing is left.
    struct BadInputTests {
        @Test
        func `a configuration that cannot be used is refused with its place`() async throws {
            try await withCluster { cluster in
                try cluster.write("{\n  \"cluster_name\": \"x\",,\n}\n", to: "broken.json")
                try await cluster.refuses(2, ["broken.json:2:23"], "init", "--config", "broken.json")
                try await cluster.refuses(2, ["nowhere.json", "no such file"], "init", "--config", "nowhere.json")

                try cluster.describe("balancer \"lb1\" { replica = 1 }")
                try await cluster.refuses(
                    2,
                    ["balancers[0].replica", "did you mean \"replicas\"?"],
                    "init",
                    "--config",
                    "cluster.lua"
                )
                try cluster.describe("balancer \"lb1\" { replicas = 1, port = 7001, pcp_port = 7001 }")
                try await cluster.refuses(2, ["7001"], "init", "--config", "cluster.lua")
                try cluster.write("return cluster = 1\n", to: "cluster.lua")
                try await cluster.refuses(2, ["cluster.lua:1:"], "init", "--config", "cluster.lua")
            }
        }

        @Test
        func `a file that may not be read is refused`() async throws {
            try await withCluster { cluster in
                let file = cluster.folder.appending(path: "closed.json").path()
                try cluster.write("{}", to: "closed.json")
                try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
                let answer = try await asNobody(cluster, ["init", "--config", file])
                #expect(answer.code == 2, "\(answer)")
                #expect(answer.errors.contains("closed.json"), "\(answer)")
            }
        }

        @Test
        func `an image that nobody has is refused`() async throws {
            try await withCluster { cluster in
                try cluster.describe("image = \"pgbc/\(cluster.name):1\", balancer \"lb1\" { replicas = 0 }")
                try await cluster.refuses(4, ["pgbc/\(cluster.name):1"], "init", "--config", "cluster.lua")
                try cluster.describe("balancer \"lb1\" { replicas = 0, image = \"pgbc/\(cluster.name):2\" }")
                try await cluster.refuses(4, ["pgbc/\(cluster.name):2"], "init", "--config", "cluster.lua")
            }
        }

        @Test
        func `a port that a program of this machine holds is refused`() async throws {
            try await withCluster { cluster in
                let listener = try #require(Listener())
                defer { listener.close() }
                try cluster.describe("balancer \"lb1\" { replicas = 0, port = \(listener.port) }")
                try await cluster.refuses(5, ["\(listener.port)", "in use"], "init", "--config", "cluster.lua")
            }
        }

        @Test
        func `names of containers and volumes that pgbc did not make are left alone`() async throws {
            try await withCluster { cluster in
                let (client, name) = (cluster.client, "\(cluster.name)_lb1_primary")
                try cluster.describe("balancer \"lb1\" { replicas = 0, primary = { container_name = \"\(name)\" } }")
                try await client.createVolume("\(name)_data")
                await cluster.onEnd { try await client.removeVolume("\(name)_data", force: true) }
                try await cluster.refuses(5, ["\(name)_data"], "init", "--config", "cluster.lua")
                try await client.removeVolume("\(name)_data")

                var config = ContainerConfig(image: "pgbc/postgres:15")
                config.entrypoint = ["true"]
                let id = try await client.createContainer(name, config)
                await cluster.onEnd { try await client.removeContainer(id, force: true) }
                try await cluster.refuses(5, [name], "init", "--config", "cluster.lua")
                #expect(try await client.inspectContainer(name).id == id)
            }
        }

        @Test
        func `a subnet that overlaps another network is refused`() async throws {
            try await withCluster { cluster in
                let client = cluster.client
                let free = try await cluster.freeNetwork()
                let other = try await client.createNetwork(
                    NetworkConfig(name: "\(cluster.name)_other", subnet: "10.\(free).7.0/24")
                )
                await cluster.onEnd { try await client.removeNetwork(other) }
                try cluster.describe("network = { subnet = \"10.\(free).0.0/16\" }, balancer \"lb1\" { replicas = 0 }")
                try await cluster.refuses(5, ["overlaps", "\(cluster.name)_other"], "init", "--config", "cluster.lua")
            }
        }

        @Test
        func `an engine that is away, or closed to the user, is told apart`() async throws {
            try await withCluster { cluster in
                let away = try await cluster.pgbc("list", environment: ["DOCKER_HOST": "unix:///nonexistent.sock"])
                #expect(away.code == 3, "\(away)")
                #expect(away.errors.contains("unix:///nonexistent.sock"), "\(away)")
                let doctor = try await cluster.pgbc("doctor", environment: ["DOCKER_HOST": "unix:///nonexistent.sock"])
                #expect(doctor.code == 3 && doctor.output.contains("unix:///nonexistent.sock"), "\(doctor)")
                let closed = try await asNobody(cluster, ["list"])
                #expect(closed.code == 3, "\(closed)")
                #expect(closed.errors.contains("may not use"), "\(closed)")
            }
        }

        /// Runs `pgbc` as a user without rights, when the tests run as root; else it is not root anyway.
        private func asNobody(_ cluster: Cluster, _ arguments: [String]) async throws -> Finished {
            let pgbc = try Places.pgbc()
            guard getuid() == 0 else {
                return try await Program(executable: pgbc, arguments: arguments, folder: cluster.folder).run(
                    limit: .seconds(30)
                )
            }
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", pgbc]
            return try await Program(
                executable: try Places.program("setpriv", package: "util-linux"),
                arguments: nobody + arguments,
                folder: FileManager.default.temporaryDirectory
            ).run(limit: .seconds(30))
        }
    }
}

extension Cluster {
    /// Expects `pgbc` to end with the code, to tell all of the words in one error, and to leave the engine as it was.
    func refuses(
        _ code: Int32,
        _ words: [String],
        _ arguments: String...,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await holdings()
        let refused = try await start(arguments).finish(within: .seconds(60))
        #expect(refused.code == code, "\(refused)", sourceLocation: location)
        #expect(
            refused.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1,
            "\(refused)",
            sourceLocation: location
        )
        for word in words { #expect(refused.errors.contains(word), "\(refused)", sourceLocation: location) }
        #expect(try await holdings() == before, "\(refused)", sourceLocation: location)
    }
}
