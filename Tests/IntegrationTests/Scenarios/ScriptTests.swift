import Foundation
import Testing

extension OnARealEngine {
    @Suite(.cluster("balancer \"lb1\" { replicas = 1 }"))
    struct ScriptTests {
        @Test
        func `a script that fails names its place and changes nothing`() async throws {
            let cluster = try SharedCluster.running
            try cluster.write("local x = 1\nlocal y = = 2\n", to: "syntax.lua")
            try await cluster.refuses(2, ["syntax.lua:2:"], "run", "syntax.lua", "--cluster", cluster.name)
            try cluster.write("local lb\nlb:scale(1)\n", to: "mistake.lua")
            try await cluster.refuses(1, ["mistake.lua:2:"], "run", "mistake.lua", "--cluster", cluster.name)
            try cluster.write("pgbc.cluster():balancer('lb1'):scale(-1)\n", to: "argument.lua")
            try await cluster.refuses(
                2,
                ["argument.lua:1", "replicas"],
                "run",
                "argument.lua",
                "--cluster",
                cluster.name
            )
            try cluster.write("pgbc.cluster():balancer('lb7'):scale(1)\n", to: "unknown.lua")
            try await cluster.refuses(4, ["unknown.lua:1:", "lb7"], "run", "unknown.lua", "--cluster", cluster.name)
            try await cluster.refuses(4, ["lb7", "lb1"], "scale", cluster.name, "--balancer", "lb7", "--replicas", "1")
        }

        @Test
        func `a script that never waits ends with Ctrl-C, one that is too large by itself`() async throws {
            let cluster = try SharedCluster.running
            try cluster.write("print 'begun'\nwhile true do end\n", to: "endless.lua")
            let endless = try await cluster.start("run", "endless.lua", "--cluster", cluster.name)
            try await endless.hasWritten(lines: 1)
            endless.send(SIGINT)
            let ended = try await endless.finish(within: .seconds(10))
            #expect(ended.code == 130, "\(ended)")

            try cluster.write("local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000) .. #t end\n", to: "large.lua")
            try await cluster.refuses(1, ["memory"], "run", "--memory", "16MB", "large.lua", "--cluster", cluster.name)
        }

        @Test
        func `one operation at a time, its owner is named, and readers are not kept waiting`() async throws {
            let cluster = try SharedCluster.running
            let first = try await cluster.start("scale", cluster.name, "--replicas", "2", "--json")
            try await first.hasWritten(lines: 1)
            first.send(SIGSTOP)
            let owner = "process \(first.identifier)"

            for words in [["scale", cluster.name, "--replicas", "0"], ["init", "--config", "cluster.lua"]] {
                let second = try await cluster.start(words).finish(within: .seconds(30))
                #expect(second.code == 5, "\(second)")
                #expect(second.errors.contains(owner), "\(second)")
            }
            let seen = try await cluster.status()
            #expect(seen.locked_by?.contains(owner) == true, "\(seen)")
            try await cluster.succeed("list")

            first.send(SIGCONT)
            let finished = try await first.finish()
            #expect(finished.code == 0, "\(finished)")
            try await cluster.succeed("scale", cluster.name, "--replicas", "1")
            try await cluster.becomesWell()
        }

        @Test
        func `a port that a container holds is refused, and who holds it is told`() async throws {
            let running = try SharedCluster.running
            let port = try #require(try await running.status().balancers.first?.port)
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 0, port = \(port) }")
                try await cluster.refuses(5, ["\(port)", "\(running.name)_lb1"], "init", "--config", "cluster.lua")
            }
        }

        @Test
        func `a topology in Lua with two balancers comes up`() async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"one\" { replicas = 1 },\nbalancer \"two\" { replicas = 0 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                let status = try await cluster.becomesHealthy()
                #expect(status.balancers.map(\.balancer) == ["one", "two"])
                for balancer in ["one", "two"] {
                    let connection = try await cluster.balancer(balancer)
                    #expect(
                        try await connection.value("CREATE TABLE t AS SELECT '\(balancer)' AS b; SELECT b FROM t")
                            == balancer
                    )
                }
            }
        }
    }
}
