import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    /// The real engine, reached over TCP: through a proxy on loopback that ends TLS, as dockerd does with --tlsverify.
    struct RemoteEngineTests {
        @Test(.timeLimit(.minutes(10)), arguments: [true, false]) func `does over TCP all that it does on its socket`(
            isSecure: Bool
        ) async throws {
            try await withCluster { cluster in
                let environment = try await cluster.remoteEngine(tls: isSecure ? "good" : nil)
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                // Creates, uploads through the archive endpoint, and waits on streams of JSON.
                try await cluster.does(environment, "init", "--config", "cluster.lua")
                let status = try await cluster.does(environment, "status", cluster.name, "--json")
                #expect(status.output.contains(#""sentence""#) == false, "\(status)")
                let node = "\(cluster.name)_lb1_replica1"
                let logs = try await cluster.does(environment, "logs", "--cluster", cluster.name, "lb1", "--tail", "3")
                #expect(!logs.output.isEmpty, "\(logs)")
                try await cluster.does(environment, "scale", "--cluster", cluster.name, "--replicas", "0")

                // What pgbc's own commands use only on a terminal, or to watch.
                let client = try await DockerClient(address: .fromEnvironment(environment))
                await cluster.onEnd { await client.shutdown() }
                let container = try #require(
                    try await client.listContainers(labels: cluster.label).first { $0.name != node }
                )
                let events = try await client.events(filters: ["container": [container.id]])
                let echoed = try await client.runExec(container.id, ["cat"], stdin: Array("to and fro".utf8))
                #expect(echoed.stdoutText == "to and fro")
                #expect(echoed.exitCode == 0)
                var last: String?
                for try await chunk in try await client.logs(container.id, tail: 1) { last = "\(chunk)" }
                #expect(last != nil)
                for try await event in events where event.action.hasPrefix("exec_create") {
                    #expect(event.actorID == container.id)
                    break
                }
                try await cluster.does(environment, "destroy", cluster.name, "--yes")
                #expect(try await cluster.holdings().isEmpty)
            }
        }

        /// One clear message, exit code 3.
        @Test func `says what is wrong with TLS`() async throws {
            try await withCluster { cluster in
                let good = try await cluster.remoteEngine(tls: "good")
                let stranger = cluster.folder.appending(path: "tls/stranger").path()
                try await cluster.cannotReach(
                    "the engine's certificate is not from an authority in ca.pem",
                    good.merging(["DOCKER_CERT_PATH": stranger]) { $1 }
                )
                let plain = good.filter { $0.key == "DOCKER_HOST" }
                try await cluster.cannotReach("the connection ended before the answer did", plain)
                let nowhere = good.merging(["DOCKER_CERT_PATH": "/nonexistent"]) { $1 }
                try await cluster.cannotReach("/nonexistent/ca.pem", nowhere)

                // The engine's own certificate is trusted, ours is not.
                let mixed = cluster.folder.appending(path: "tls/mixed").path()
                try FileManager.default.createDirectory(atPath: mixed, withIntermediateDirectories: true)
                let tls = cluster.folder.appending(path: "tls").path()
                for (file, source) in [("ca.pem", tls), ("cert.pem", stranger), ("key.pem", stranger)] {
                    try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(mixed)/\(file)")
                }
                try await cluster.cannotReach(
                    "the engine refuses this client's certificate",
                    good.merging(["DOCKER_CERT_PATH": mixed]) { $1 }
                )
                let elsewhere = try await cluster.remoteEngine(tls: "elsewhere")
                try await cluster.cannotReach("the engine's certificate is for another host than 127.0.0.1", elsewhere)
                let expired = try await cluster.remoteEngine(tls: "expired")
                try await cluster.cannotReach("the engine's certificate has expired", expired)
                let socket = try await cluster.remoteEngine(tls: nil)
                try await cluster.cannotReach("it does not speak TLS", good.merging(socket) { $1 })
            }
        }
    }
}

extension Cluster {
    /// Starts a proxy before the engine and returns the environment that leads there.
    /// - Parameter server: Which certificate it shows; `nil` for a proxy without TLS.
    fileprivate func remoteEngine(tls server: String?) async throws -> [String: String] {
        let certificates = folder.appending(path: "tls").path()
        guard let server else {
            let proxy = try await Peer("engine_proxy.py", [], for: self)
            return ["DOCKER_HOST": "tcp://127.0.0.1:\(proxy.port)"]
        }
        if !FileManager.default.fileExists(atPath: certificates) {
            let made = try await Program(
                executable: "/bin/sh",
                arguments: [Peer.place("certificates.sh"), certificates],
                folder: folder
            ).run(limit: .seconds(30))
            try #require(made.code == 0, "\(made)")
        }
        let proxy = try await Peer("engine_proxy.py", [certificates, server], for: self)
        return [
            "DOCKER_HOST": "tcp://127.0.0.1:\(proxy.port)", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": certificates,
        ]
    }

    @discardableResult
    fileprivate func does(
        _ environment: [String: String],
        _ arguments: String...,
        location: SourceLocation = #_sourceLocation
    ) async throws -> Finished {
        let finished = try await start(arguments, environment: environment).finish(within: .seconds(90))
        try #require(finished.code == 0, "\(finished)", sourceLocation: location)
        return finished
    }

    /// Expects that a question and an exec both end with code 3 and one error that tells these words.
    fileprivate func cannotReach(
        _ words: String,
        _ environment: [String: String],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let finished = try await start(["list"], environment: environment).finish(within: .seconds(30))
        #expect(finished.code == 3, "\(finished)", sourceLocation: location)
        let errors = finished.errors.split(separator: "\n").count { $0.hasPrefix("error: ") }
        #expect(errors == 1, "\(finished)", sourceLocation: location)
        #expect(finished.errors.contains(words), "\(finished)", sourceLocation: location)
    }
}
