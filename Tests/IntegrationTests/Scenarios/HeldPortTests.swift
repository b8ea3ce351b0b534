import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    /// A port that is published may be the near end of somebody's connection when the container starts, and be free a moment later.
    struct HeldPortTests {
        @Test func `a port that a connection holds for a moment is waited for`() async throws {
            try await withCluster { cluster in
                let port = try await cluster.describedPort()
                let connection = try await HeldPort(port, seconds: 2.5, in: cluster)
                let up = try await cluster.succeed("init", "--verbose", "--config", "cluster.lua")
                #expect(up.errors.contains("port \(port): a connection of process \(connection.process)"), "\(up)")
                try await cluster.becomesHealthy()
            }
        }

        @Test func `a port that a connection goes on holding is named after a few seconds`() async throws {
            try await withCluster { cluster in
                let port = try await cluster.describedPort()
                let connection = try await HeldPort(port, seconds: 60, in: cluster)
                let begin = ContinuousClock.now
                let refused = try await cluster.pgbc("init", "--config", "cluster.lua")
                #expect(refused.code == 5, "\(refused)")
                #expect(
                    refused.errors.contains("port \(port): a connection of process \(connection.process)"),
                    "\(refused)"
                )
                #expect(ContinuousClock.now - begin < .seconds(45), "\(refused)")
            }
        }

        @Test func `a port on which something listens is refused at once when a container starts`() async throws {
            try await withCluster { cluster in
                let port = try await cluster.describedPort()
                try await cluster.succeed("init", "--config", "cluster.lua")
                try await cluster.client.stopContainer(try #require(try await cluster.balancerContainer()))
                let listener = try #require(Listener(port: port))
                defer { listener.close() }
                let refused = try await cluster.pgbc("init", "--config", "cluster.lua")
                #expect(refused.code == 5, "\(refused)")
                #expect(refused.errors.contains("\(port)"), "\(refused)")
                #expect(refused.errors.contains("in use"), "\(refused)")
            }
        }
    }
}

extension Cluster {
    /// Describes a cluster of one node whose balancer has a port that is free now.
    fileprivate func describedPort() async throws -> Int {
        let listener = try #require(Listener())
        listener.close()
        try describe("balancer \"lb1\" { replicas = 0, port = \(listener.port) }")
        return listener.port
    }

    fileprivate func balancerContainer() async throws -> String? {
        try await client.listContainers(labels: label).first { $0.labels["pgbc.kind"] == "balancer" }?.id
    }
}

/// A program that has one connection, which begins at a port, for so long.
private struct HeldPort {
    let process: Int32

    init(_ port: Int, seconds: Double, in cluster: Cluster) async throws {
        let script = """
            import socket, sys, time
            far = socket.create_server(("127.0.0.1", 0))
            near = socket.socket()
            near.bind(("127.0.0.1", int(sys.argv[1])))
            near.connect(far.getsockname())
            print("connected", flush=True)
            time.sleep(float(sys.argv[2]))
            far.accept()[0].close()
            """
        let program = try Program(
            executable: try Places.program("python3", package: "python3"),
            arguments: ["-c", script, "\(port)", "\(seconds)"],
            folder: cluster.folder
        ).start()
        await cluster.onEnd { program.send(SIGTERM) }
        try await program.hasWritten(lines: 1)
        process = program.identifier
    }
}
