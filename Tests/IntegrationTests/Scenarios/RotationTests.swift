import Foundation
import Testing

extension OnARealEngine {
    @Suite(
        .cluster(
            "balancer \"lb1\" { replicas = 1, pool = { num_init_children = 4 } }, balancer \"lb2\" { replicas = 0 }"
        )
    )
    struct RotationTests {
        /// Ends when it sees a row.
        private static let patient =
            "DO $$ BEGIN LOOP PERFORM FROM rotated; EXIT WHEN FOUND; PERFORM pg_sleep(0.05); END LOOP; END $$"

        @Test
        func `changed secrets let nobody in with the old ones, and sessions that are open go on`() async throws {
            let cluster = try SharedCluster.running
            let before = try await cluster.becomesWell()
            let replica = try #require(before.balancers[0].nodes.first { $0.role == "replica" })
            let primary = try await cluster.node("lb1-primary").with("dbname", "testdb")
            _ = try await primary.run("CREATE TABLE rotated (i int)")
            let open = try await cluster.start([
                "psql", "lb1", "--cluster", cluster.name, "--database", "testdb", "--", "-Atc", Self.patient,
            ])
            try await wait(upTo: .seconds(20), until: "a session is open") {
                try await primary.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'") == "1"
            }
            let places = try await self.places(cluster)
            // Each of pgpool's processes keeps a connection that was made with the old password.
            let pool = places[0].with("dbname", "testdb")
            for _ in 0..<20 { _ = try await pool.value("SELECT 1") }
            let token = try await cluster.secret("rest")

            try await cluster.succeed("secrets", "rotate", "--cluster", cluster.name)

            _ = try await cluster.node("lb1-primary").with("dbname", "testdb").run("INSERT INTO rotated VALUES (1)")
            let ended = try await open.finish(within: .seconds(20))
            #expect(ended.code == 0, "\(ended)")
            for place in places {
                for _ in 0..<8 { #expect(try await place.attempt("SELECT 1").code != 0, "\(place)") }
            }
            for place in try await self.places(cluster) { #expect(try await place.value("SELECT 1") == "1") }
            // The open session's connection was made with the old password: its end may not leave that to others.
            let now = try await cluster.balancer("lb1").with("dbname", "testdb")
            try await wait(upTo: .seconds(20), until: "the new password is good with every process of pgpool") {
                for _ in 0..<12 where try await now.attempt("SELECT 1").code != 0 { return false }
                return true
            }
            for _ in 0..<12 { #expect(try await pool.attempt("SELECT 1").code != 0) }
            #expect(try await cluster.secret("rest") != token)
            // The replica logs in anew, with what it was given.
            try await cluster.succeed("restart", replica.node, "--cluster", cluster.name)
            let after = try await cluster.becomesWell()
            #expect(after.nodes.map(\.role) == before.nodes.map(\.role), "\(after.nodes)")
            // It has all there is, although it began to receive at the start of a segment that it had replayed further.
            #expect(after.nodes.first { $0.node == replica.node }?.lag_seconds == 0, "\(after.nodes)")
        }

        @Test
        func `a change of secrets that is killed is completed by the balancers, and verified by the next one`()
            async throws
        {
            let cluster = try SharedCluster.running
            try await cluster.becomesWell()
            let old = try await places(cluster)
            let first = try await cluster.start("secrets", "rotate", "--json", "--cluster", cluster.name)
            try await wait(upTo: .seconds(30), until: "the new ones are written") {
                first.output.contains(#""step.finished","id":"secrets:write""#) || !first.isRunning
            }
            first.send(SIGKILL)
            #expect(try await first.finish().code == SIGKILL)

            for place in try await places(cluster) {
                try await wait(upTo: .seconds(30), until: "the new password is valid at \(place.dsn)") {
                    try await place.attempt("SELECT 1").code == 0
                }
            }
            let told = try await cluster.succeed("secrets", "rotate", "rest", "--cluster", cluster.name)
            #expect((told.output + told.errors).contains("was cut and is completed"), "\(told)")
            for place in old { #expect(try await place.attempt("SELECT 1").code != 0, "\(place)") }
            try await cluster.becomesWell()
        }

        /// All ways in, with the password of the moment.
        private func places(_ cluster: Cluster) async throws -> [Connection] {
            var places = [try await cluster.balancer("lb1"), try await cluster.balancer("lb2")]
            for node in try await cluster.status().nodes { places.append(try await cluster.node(node.node)) }
            return places
        }
    }
}
