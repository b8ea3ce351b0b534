import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    @Suite struct UpgradeTests {
        /// A cluster on our own image, with a table, an index and an extension in it.
        private func withRows(_ body: (Cluster, Connection) async throws -> Void) async throws {
            try await OtherPostgres.prepare()
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1, hold = true }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                let balancer = try await cluster.balancer("lb1")
                _ = try await balancer.run(
                    """
                    CREATE EXTENSION pg_trgm;
                    CREATE TABLE kept AS SELECT n, 'row ' || n AS text FROM generate_series(1, 20000) n;
                    CREATE INDEX ON kept (text); CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT ON kept TO reader;
                    """
                )
                try await body(cluster, balancer)
            }
        }

        private func rows(_ connection: Connection) async throws -> String {
            try await connection.value(
                "/*NO LOAD BALANCE*/ SELECT count(*) || ' ' || md5(string_agg(text, ',' ORDER BY n)) FROM kept"
            )
        }

        private func directories(_ cluster: Cluster) async throws -> [String: [String]] {
            var found: [String: [String]] = [:]
            for node in try await cluster.status().nodes {
                let listed = try await cluster.client.runExec(node.container, ["ls", "/var/lib/postgresql"])
                let names = listed.stdoutText.split(separator: "\n").map(String.init)
                found[node.node] = names.filter { $0 != "pgbc.lock" }
            }
            return found
        }

        private func run(_ cluster: Cluster, _ arguments: String...) async throws -> Finished {
            try await cluster.start(arguments + ["--cluster", cluster.name]).finish(within: .seconds(300))
        }

        @Test
        func `a major upgrade keeps every row, goes back to the old data, and removes it when it is committed`()
            async throws
        {
            try await withRows { cluster, balancer in
                let before = try await rows(balancer)
                let upgraded = try await run(cluster, "upgrade", "--image", OtherPostgres.seventeen)
                try #require(upgraded.code == 0, "\(upgraded)")
                #expect(upgraded.errors.contains("its clients wait, 300 s at most,"), "\(upgraded)")
                try await cluster.becomesHealthy()
                #expect(try await cluster.majors() == ["17"])
                #expect(try await rows(balancer) == before)
                #expect(try await directories(cluster)["lb1-primary"]?.contains("15") == true)
                #expect(try await balancer.with("user", "reader").with("password", "r").value("SELECT 1") == "1")

                _ = try await balancer.run("INSERT INTO kept VALUES (0, 'written since')")
                let undone = try await run(cluster, "upgrade", "--rollback")
                try #require(undone.code == 0, "\(undone)")
                try await cluster.becomesHealthy()
                #expect(try await cluster.majors() == ["15"])
                #expect(try await rows(balancer) == before)
                #expect(try await directories(cluster).values.allSatisfy { $0 == ["15"] })

                let again = try await run(cluster, "upgrade", "--image", OtherPostgres.eighteen)
                try #require(again.code == 0, "\(again)")
                let committed = try await run(cluster, "upgrade", "--commit")
                try #require(committed.code == 0, "\(committed)")
                try await cluster.becomesHealthy()
                #expect(try await cluster.majors() == ["18"])
                #expect(try await rows(balancer) == before)
                #expect(try await directories(cluster).values.allSatisfy { $0 == ["18"] })
                #expect(try await run(cluster, "upgrade", "--rollback").code == 5)
            }
        }

        @Test
        func `a major upgrade that cannot succeed is refused with its reasons, and nothing has changed`() async throws {
            try await withRows { cluster, balancer in
                _ = try await balancer.run("CREATE EXTENSION \"uuid-ossp\"")
                let before = try await cluster.holdings()
                let missing = try await run(cluster, "upgrade", "--image", OtherPostgres.seventeen)
                #expect(missing.code == 5, "\(missing)")
                #expect(missing.errors.contains("the new image lacks the extension uuid-ossp"), "\(missing)")
                let empty = try await run(cluster, "upgrade", "--image", "debian:bookworm-slim")
                #expect(empty.code == 2 && empty.errors.contains("it holds no PostgreSQL"), "\(empty)")
                #expect(try await cluster.holdings() == before)
                #expect(try await directories(cluster).values.allSatisfy { $0 == ["15"] })
                #expect(try await rows(balancer).hasPrefix("20000 "))
            }
        }

        @Test
        func `a major upgrade whose new primary does not come up is taken back by itself`() async throws {
            try await withRows { cluster, balancer in
                let before = try await rows(balancer)
                let image = try await cluster.image("17", from: Self.dockerfile(of: OtherPostgres.seventeen))
                let failed = try await run(cluster, "upgrade", "--image", image)
                #expect(failed.code == 1, "\(failed)")
                #expect(failed.errors.contains("was taken back, PostgreSQL 15 runs again"), "\(failed)")
                try await cluster.becomesHealthy()
                #expect(try await cluster.majors() == ["15"])
                #expect(try await rows(balancer) == before)
                #expect(try await directories(cluster).values.allSatisfy { $0 == ["15"] })
            }
        }

        @Test
        func `a major upgrade that is killed while it copies is completed by the next command`() async throws {
            try await withRows { cluster, balancer in
                let before = try await rows(balancer)
                let image = OtherPostgres.seventeen
                let upgrade = try await cluster.start(["upgrade", "--image", image, "--cluster", cluster.name])
                try await wait(upTo: .seconds(90), until: "the data is being upgraded") {
                    try #require(!upgrade.errors.contains("error:"), "\(upgrade.errors)")
                    return try await cluster.client.listContainers(labels: cluster.label).contains {
                        $0.name == "\(cluster.name)_lb1_upgrade" && upgrade.errors.contains("stop lb1-primary")
                    }
                }
                upgrade.send(SIGKILL)
                #expect(try await upgrade.finish(within: .seconds(10)).code == SIGKILL)
                let next = try await run(cluster, "apply")
                try #require(next.code == 0, "\(next)")
                try await cluster.becomesHealthy()
                #expect(try await cluster.majors() == ["17"])
                #expect(try await rows(balancer) == before)
            }
        }

        @Test
        func `a minor upgrade to an image whose nodes do not come up gives the old image back`() async throws {
            try await withRows { cluster, balancer in
                let before = try await rows(balancer)
                let image = try await cluster.image("15", from: Self.dockerfile(of: "pgbc/postgres:15"))
                let failed = try await run(cluster, "upgrade", "--image", image)
                #expect(failed.code != 0, "\(failed)")
                #expect(failed.errors.contains("giving the nodes their old image back"), "\(failed)")
                let after = try await cluster.becomesHealthy()
                for node in after.nodes {
                    #expect(try await cluster.client.inspectContainer(node.container).image == "pgbc/postgres:15")
                }
                #expect(try await rows(balancer) == before)
            }
        }

        /// An image in which every program works, but for a server that is started as a node starts it.
        private static func dockerfile(of image: String) -> String {
            """
            FROM \(image)
            RUN p=$(command -v postgres || ls /usr/lib/postgresql/*/bin/postgres) && mv "$p" "$p.real" && \\
                printf '#!/bin/sh\\n[ $# -ne 2 ] || [ "$1" != -D ] || exit 1\\nexec %s.real "$@"\\n' "$p" > "$p" && chmod 755 "$p"
            """
        }
    }
}
