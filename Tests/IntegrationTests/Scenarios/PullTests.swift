import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    /// Images from a registry: a small one of our own on loopback, where engines need no TLS.
    struct PullTests {
        @Test func `an image that the engine does not have is pulled, with progress`() async throws {
            try await withCluster { cluster in
                let registry = try await cluster.registry()
                let image = try await cluster.use("pg:15", of: registry)
                let up = try await cluster.succeed("init", "--config", "cluster.lua")
                #expect(up.errors.contains("pulling \(image)\n"), "\(up)")
                #expect(up.errors.firstMatch(of: /pulling \S+: [0-9.]+ [kM]B of [0-9.]+ MB so far/) != nil, "\(up)")
                let status = try await cluster.becomesHealthy()
                #expect(status.nodes.count == 1)
                let again = try await cluster.succeed("init", "--config", "cluster.lua")
                #expect(!again.errors.contains("pulling"), "\(again)")
                try await cluster.succeed("destroy", cluster.name, "--yes")
            }
        }

        @Test func `a tag that the registry does not have is refused`() async throws {
            try await withCluster { cluster in
                let image = try await cluster.use("pg:99", of: try await cluster.registry())
                try await cluster.refuses(4, [image, "manifest", "not found"], "init", "--config", "cluster.lua")
            }
        }

        @Test func `a registry that dies in the middle of a layer is an error, and leaves nothing`() async throws {
            try await withCluster { cluster in
                let image = try await cluster.use("pg:15", of: try await cluster.registry("--dies"))
                let before = try await cluster.holdings()
                // The engine tries each layer five times, and waits longer each time.
                let refused = try await cluster.pgbc("init", "--config", "cluster.lua", limit: .seconds(150))
                #expect(refused.code == 4, "\(refused)")
                #expect(refused.errors.contains("use image \(image)"), "\(refused)")
                #expect(refused.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1, "\(refused)")
                #expect(try await cluster.holdings() == before)
                #expect(try await cluster.client.inspectImage(image) == nil)
            }
        }

        @Test func `a registry that wants a login gets the one that docker login wrote down`() async throws {
            try await withCluster { cluster in
                let registry = try await cluster.registry("--login", "anna:secret")
                let image = try await cluster.use("pg:15", of: registry)
                let host = "127.0.0.1:\(registry.port)"
                let none = try await cluster.pgbc(
                    "init",
                    "--config",
                    "cluster.lua",
                    environment: cluster.logins(at: nil)
                )
                #expect(none.code == 4, "\(none)")
                #expect(none.errors.contains("nobody is logged in at \(host)"), "\(none)")
                let wrong = try cluster.logins(at: host, as: "anna:guessed")
                let refused = try await cluster.pgbc("init", "--config", "cluster.lua", environment: wrong)
                #expect(refused.code == 4, "\(refused)")
                #expect(refused.errors.contains("\(host) was told the login of anna"), "\(refused)")
                #expect(!refused.errors.contains("guessed"), "\(refused)")
                #expect(try await cluster.holdings().isEmpty)

                let right = try cluster.logins(at: host, as: "anna:secret")
                let up = try await cluster.pgbc("init", "--config", "cluster.lua", environment: right)
                #expect(up.code == 0, "\(up)")
                #expect(try await cluster.client.inspectImage(image) != nil)
                try await cluster.succeed("destroy", cluster.name, "--yes")
            }
        }
    }
}

extension Cluster {
    /// Starts a registry that serves the image of our nodes, with one layer more, as `pg:15`.
    fileprivate func registry(_ options: String...) async throws -> Peer {
        try await Peer("registry.py", ["pgbc/postgres:15"] + options, for: self)
    }

    /// Describes a cluster of one node whose image is in the registry; that image goes at the end.
    fileprivate func use(_ tag: String, of registry: Peer) async throws -> String {
        let image = "127.0.0.1:\(registry.port)/\(tag)"
        try describe("image = \"\(image)\", balancer \"lb1\" { replicas = 0 }")
        await onEnd { [client] in
            if try await client.inspectImage(image) != nil { try await client.removeImage(image, force: true) }
        }
        return image
    }

    /// The environment of a user who is logged in as `USER:PASSWORD` at a registry, or nowhere.
    fileprivate func logins(at registry: String?, as login: String = "") throws -> [String: String] {
        let place = folder.appending(path: "docker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        if let registry {
            let auth = Data(login.utf8).base64EncodedString()
            let text = #"{"auths": {"\#(registry)": {"auth": "\#(auth)"}}}"#
            try text.write(to: place.appending(path: "config.json"), atomically: true, encoding: .utf8)
        }
        return ["DOCKER_CONFIG": place.path()]
    }
}
