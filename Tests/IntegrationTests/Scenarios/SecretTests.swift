import DockerEngine
import EngineGate
import Foundation
import Testing

extension OnARealEngine {
    @Suite(.cluster("balancer \"lb1\" { replicas = 1, hold = true }"))
    struct SecretTests {
        private static let names = ["superuser", "replication", "monitor", "pcp", "rest"]

        @Test
        func `no secret can be seen in containers, logs, networks, volumes, or any process`() async throws {
            let cluster = try SharedCluster.running
            var secrets: [String: String] = [:]
            for name in Self.names { secrets[name] = try await cluster.secret(name) }
            #expect(secrets.values.allSatisfy { $0.count >= 20 } && Set(secrets.values).count == Self.names.count)

            // With a session of pgbc's own psql open, since that one knows a password.
            let primary = try await cluster.node("lb1-primary")
            let session = try await cluster.start("psql", "--cluster", cluster.name, "--", "-c", "SELECT pg_sleep(30)")
            try await wait(upTo: .seconds(20), until: "psql sleeps in the server") {
                try await primary.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sl%'") == "1"
            }
            var seen = processes()
            #expect(seen.contains { $0.text.contains("psql") })
            _ = try await primary.run(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sl%'"
            )
            _ = try await session.finish(within: .seconds(20))

            for words in [["switchover"], ["rejoin", "lb1-primary", "--reclone", "--yes"], ["status"]] {
                let work = try await cluster.start(words + ["--cluster", cluster.name])
                while work.isRunning {
                    seen.formUnion(processes())
                    try await Task.sleep(for: .milliseconds(10))
                }
                let finished = try await work.finish()
                #expect(finished.code == 0, "\(finished)")
            }
            #expect(seen.contains { $0.text.contains("pg_basebackup") }, "the clone was not seen")
            seen.formUnion(try await placesOnTheEngine(cluster))
            for (name, secret) in secrets {
                let leaks = seen.filter { $0.text.contains(secret) }.map(\.place)
                #expect(leaks == [], "the secret \(name) can be seen")
            }
        }

        @Test
        func `only root in the containers reads the secrets`() async throws {
            let cluster = try SharedCluster.running
            let container = "\(cluster.name)_lb1_primary"
            let list = "cd /pgbc/control/secrets && stat -c '%a %u %n' . *"
            let result = try await cluster.client.runExec(container, ["sh", "-c", list])
            let expected = ["700 0 ."] + Self.names.sorted().map { "600 0 \($0)" }
            #expect(result.stdoutText.split(separator: "\n").map(String.init) == expected)
            let denied = try await cluster.client.runExec(container, ["sh", "-c", list], user: "postgres")
            #expect(denied.exitCode != 0, "\(denied.stdoutText)")
        }

        private struct Seen: Hashable {
            let place: String
            let text: String
        }

        /// What anybody who may ask the engine sees of the cluster, in the engine's own words.
        private func placesOnTheEngine(_ cluster: Cluster) async throws -> [Seen] {
            let address = try EngineGate.address().description
            let path = try #require(
                address.split(separator: "unix://").first,
                "this test needs a unix socket: \(address)"
            )
            let holdings = try await cluster.holdings()
            let events = "/events?since=1&until=\(Int(Date.now.timeIntervalSince1970) + 1)"
            let paths =
                holdings.containers.keys.map { "/containers/\($0)/json" } + holdings.networks.map { "/networks/\($0)" }
                + holdings.volumes.map { "/volumes/\($0)" } + ["/containers/json?all=1", events]
            var seen: [Seen] = []
            for each in paths {
                let answer = try await PlainHTTP.send("GET", each, to: .socket(String(path)))
                #expect(answer.status == 200, "\(each): \(answer)")
                if each == events { #expect(answer.body.contains("exec_create: "), "no event tells of a command") }
                seen.append(Seen(place: each, text: answer.body))
            }
            for container in holdings.containers.keys {
                var text = ""
                for try await chunk in try await cluster.client.logs(container) { text += chunk.text }
                #expect(!text.isEmpty, "\(container) has no log")
                seen.append(Seen(place: "log of \(container)", text: text))
            }
            return seen
        }

        /// Command line and environment of every process of this machine, those in containers included.
        private func processes() -> Set<Seen> {
            let numbers =
                (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
            let seen = numbers.flatMap { number in
                ["cmdline", "environ"].compactMap { file -> Seen? in
                    guard let data = FileManager.default.contents(atPath: "/proc/\(number)/\(file)") else { return nil }
                    return Seen(place: "/proc/\(number)/\(file)", text: String(decoding: data, as: UTF8.self))
                }
            }
            return Set(seen)
        }
    }
}
