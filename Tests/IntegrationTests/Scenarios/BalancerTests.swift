import Foundation
import Testing

extension OnARealEngine {
    @Suite(
        .cluster(
            "balancer \"lb1\" { replicas = 1, config = { num_init_children = 7, max_pool = 3, connection_life_time = 55 } }"
        )
    )
    struct BalancerTests {
        @Test
        func `the balancer runs with the parameters that were asked for`() async throws {
            let balancer = try await SharedCluster.running.balancer("lb1")
            for (parameter, value) in [("num_init_children", "7"), ("max_pool", "3"), ("connection_life_time", "55s")] {
                #expect(try await balancer.value("PGPOOL SHOW \(parameter)") == value, "\(parameter)")
            }
            #expect(try await SharedCluster.running.status().balancers.first?.capacity == 7)
        }

        @Test
        func `a role made in PostgreSQL logs in through the balancer, and only with its password`() async throws {
            let balancer = try await SharedCluster.running.balancer("lb1")
            let stored = try await balancer.value(
                """
                CREATE ROLE newcomer LOGIN PASSWORD 'a secret of its own';
                SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'newcomer'
                """
            )
            #expect(stored == "t")
            let newcomer = balancer.with("user", "newcomer").with("password", "'a secret of its own'")
            // pgpool logs it in on every node, so that the replica has to know of it.
            try await wait(upTo: .seconds(60), until: "newcomer is logged in") {
                try await newcomer.value("SELECT current_user") == "newcomer"
            }
            let wrong = try await newcomer.with("password", "guessed").attempt("SELECT 1")
            #expect(wrong.code != 0 && wrong.output.isEmpty, "\(wrong)")
        }

        @Test
        func `a pool that is full is seen, and one that PostgreSQL has no room for is refused before the start`()
            async throws
        {
            let cluster = try SharedCluster.running
            let primary = try await cluster.node("lb1-primary")
            var sessions: [RunningProgram] = []
            for _ in 0..<7 {
                sessions.append(
                    try await cluster.start("psql", "lb1", "--cluster", cluster.name, "--", "-c", "SELECT pg_sleep(60)")
                )
            }
            try await wait(upTo: .seconds(30), until: "status tells that the pool is full") {
                try await cluster.status().findings.contains { $0.kind == "pool_full" && $0.subject == "lb1" }
            }
            let metrics = try await PlainHTTP.send(
                "GET",
                "/metrics",
                to: .port(try #require(try await cluster.status().balancers.first).rest_port)
            )
            #expect(metrics.body.contains("\npgbc_pool_free 0\n"), "\(metrics)")
            for session in sessions { session.send(SIGKILL) }
            _ = try await primary.run(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
            )
            for session in sessions { _ = try await session.finish() }
            try await cluster.becomesWell()

            let crowded = """
                return cluster "\(cluster.name)x" {
                  balancer "lb1" { pool = { num_init_children = 100, max_pool = 4 }, settings = { max_connections = 100 } },
                }
                """
            let refused = try await cluster.pgbc("init", "--config", try cluster.write(crowded, to: "crowded.lua"))
            #expect(refused.code == 2 && refused.errors.contains("raise max_connections to"), "\(refused)")
        }

        @Test
        func `a script's question to a node can neither change anything nor hang`() async throws {
            let cluster = try SharedCluster.running
            let file = try cluster.write(
                """
                local node = pgbc.cluster():node("lb1-primary")
                for _, text in ipairs {
                  "create table sneaked (i int)", "commit; create table sneaked (i int)", "copy (select 1) to stdout",
                } do
                  if pcall(node.query, node, text) then fail("accepted: " .. text) end
                end
                return node:query("select count(*) as made from pg_class where relname = 'sneaked'")[1].made
                """,
                to: "sneak.lua"
            )
            let finished = try await cluster.pgbc("run", "--cluster", cluster.name, file, limit: .seconds(30))
            #expect(finished.code == 0 && finished.lastLine == "0", "\(finished)")
        }

        @Test
        func `REST shows what is there, and changes it only with the token`() async throws {
            let cluster = try SharedCluster.running
            let balancer = try #require(try await cluster.status().balancers.first)
            let rest = PlainHTTP.Place.port(balancer.rest_port)
            let token = try await cluster.secret("rest")

            let status: RESTStatus = try await PlainHTTP.send("GET", "/api/v1/status", to: rest).decoded()
            #expect(status.nodes == 2 && status.healthy_nodes == 2 && status.status == "running", "\(status)")
            let nodes: RESTNodes = try await PlainHTTP.send("GET", "/api/v1/nodes", to: rest).decoded()
            #expect(nodes.nodes.map(\.role) == ["primary", "standby"], "\(nodes)")
            #expect(nodes.nodes.map(\.status) == ["up", "up"], "\(nodes)")

            let pool = try await cluster.balancer("lb1")
            for given in [nil, "", "wrong"] {
                let refused = try await PlainHTTP.send("POST", "/api/v1/nodes/1/detach", to: rest, token: given)
                #expect(refused.status == 401, "\(refused)")
            }
            #expect(try await pool.poolNodes().map(\.status) == ["up", "up"])

            for (call, shown) in [("detach", "down"), ("attach", "up")] {
                let done = try await PlainHTTP.send("POST", "/api/v1/nodes/1/\(call)", to: rest, token: token)
                #expect(done.status == 200, "\(done)")
                #expect(try await pool.poolNodes().map(\.status) == ["up", shown], "after \(call)")
            }
            let nobody = try await PlainHTTP.send("POST", "/api/v1/nodes/99/detach", to: rest, token: token)
            #expect(nobody.status == 404, "\(nobody)")
        }

        @Test
        func `what is exported is what runs`() async throws {
            let cluster = try SharedCluster.running
            for format in ["json", "lua"] {
                let exported = try await cluster.succeed("export", cluster.name, "--format", format)
                let file = try cluster.write(exported.output, to: "exported.\(format)")
                try await cluster.succeed("validate", "--config", file)
                let plan = try await cluster.succeed("plan", "--config", file, "--prune", "--json")
                let steps = try JSONDecoder().decode(PlanView.self, from: Data(plan.lastLine.utf8)).steps
                #expect(steps.isEmpty, "\(plan)")
            }
        }

        private struct PlanView: Decodable {
            struct Step: Decodable { var id: String }
            var steps: [Step]
        }

        private struct RESTStatus: Decodable {
            var status: String
            var nodes: Int
            var healthy_nodes: Int
        }

        private struct RESTNodes: Decodable {
            struct Node: Decodable {
                var id: Int
                var status: String
                var role: String
            }
            var nodes: [Node]
        }
    }
}
