import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    /// A port that is published may be the near end of somebody's connection when the container starts, and be free a moment later.
    struct HeldPortTests {
        @Test func `a port that a connection holds for a moment is waited for`() async throws {
            try await withCluster { cluster in
                let port = try await cluster.describedPort()
                let connection = try await HeldPort(port, in: cluster)
                let running = try await cluster.start("init", "--verbose", "--config", "cluster.lua")
                try await running.hasTold("port \(port): a connection of process \(connection.process)")
                connection.end()
                let up = try await running.finish()
                #expect(up.code == 0, "\(up)")
                try await cluster.becomesHealthy()
            }
        }

        @Test func `a port that a connection goes on holding is named after a few seconds`() async throws {
            try await withCluster { cluster in
                let port = try await cluster.describedPort()
                let connection = try await HeldPort(port, in: cluster)
                let refused = try await cluster.pgbc("init", "--config", "cluster.lua")
                #expect(refused.code == 5, "\(refused)")
                #expect(
                    refused.errors.contains("port \(port): a connection of process \(connection.process)"),
                    "\(refused)"
                )
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

/// A program that has one connection, which begins at a port, until it is ended.
private struct HeldPort {
    private let program: RunningProgram

    var process: Int32 { program.identifier }

    /// The far end closes first, so that the system keeps that end's port afterwards and not the one that is held.
    init(_ port: Int, in cluster: Cluster) async throws {
        let script = """
            import signal, socket, sys
            far = socket.create_server(("127.0.0.1", 0))
            near = socket.socket()
            near.bind(("127.0.0.1", int(sys.argv[1])))
            near.connect(far.getsockname())
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            print("connected", flush=True)
            signal.sigwait([signal.SIGTERM])
            far.accept()[0].close()
            """
        let program = try Program(
            executable: try Places.program("python3", package: "python3"),
            arguments: ["-c", script, "\(port)"],
            folder: cluster.folder
        ).start()
        await cluster.onEnd { program.send(SIGTERM) }
        try await program.hasWritten(lines: 1)
        self.program = program
    }

    func end() { program.send(SIGTERM) }
}
