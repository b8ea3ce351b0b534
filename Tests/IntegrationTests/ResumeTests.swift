import Foundation
import Testing

extension OnARealEngine {
    /// A user's script that counts, cut in the middle of its change.
    struct ResumeTests {
        @Test(arguments: [3, 6, 9])
        func `a script that is killed while it adds a replica is completed by resume, and adds one`(
            _ events: Int
        ) async throws {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try cluster.write(
                    """
                    local lb = pgbc.cluster():balancer("lb1")
                    step("grow", function() lb:add_replica() end)
                    return { replicas = #lb:replicas() }
                    """,
                    to: "grow.lua"
                )
                let state = ["XDG_STATE_HOME": cluster.folder.appending(path: "state").path()]
                try await cluster.kill(after: events, "run", "grow.lua", "--cluster", cluster.name, in: state)

                let cut = try await cluster.pgbc("runs", "--json", environment: state)
                #expect(cut.output.contains(#""state":"cut""#), "\(cut)")
                let resumed = try await cluster.pgbc("resume", "last", "--json", environment: state)
                #expect(resumed.code == 0, "\(resumed)")
                #expect(resumed.lastLine == #"{"replicas":2}"#, "\(resumed)")
                let status = try await cluster.becomesWell()
                #expect(status.nodes.count == 3, "\(status)")

                let again = try await cluster.pgbc("resume", "last", environment: state)
                #expect(again.code == 2, "\(again)")
                #expect(try await cluster.status().nodes.count == 3)
            }
        }

        @Test
        func
            `a script that is killed while it scales is completed by resume, and what it had asked is not asked again`()
            async throws
        {
            try await withCluster { cluster in
                try cluster.describe("balancer \"lb1\" { replicas = 1 }")
                try await cluster.succeed("init", "--config", "cluster.lua")
                try cluster.write(
                    """
                    local lb = pgbc.cluster():balancer("lb1")
                    local begun = lb:primary():query("select now()::text as now")[1].now
                    lb:scale(2)
                    return { begun = begun, replicas = #lb:replicas() }
                    """,
                    to: "scale.lua"
                )
                let state = ["XDG_STATE_HOME": cluster.folder.appending(path: "state").path()]
                try await cluster.kill(after: 4, "run", "scale.lua", "--cluster", cluster.name, in: state)
                let resumed = try await cluster.pgbc("resume", "last", "--json", environment: state)
                #expect(resumed.code == 0, "\(resumed)")
                #expect(resumed.lastLine.contains(#""replicas":2"#), "\(resumed)")
                let journal = try cluster.journal(in: state)
                let begun = try #require(resumed.lastLine.firstMatch(of: /"begun":"([^"]+)"/)?.1)
                #expect(journal.contains(begun), "the answer was not in the journal: \(resumed)")
                #expect(journal.matches(of: /"kind":"answered","path":"[^"]*","name":"node.query"/).count == 1)
            }
        }
    }

    @Suite(.cluster("balancer \"lb1\" { replicas = 1 }"))
    struct QueryTests {
        @Test
        func `a hundred thousand rows pass through a script that may use eight megabytes`() async throws {
            let finished = try await run(
                """
                local sql = "select n, repeat('x', 200) as filling from generate_series(1, $1::int) as n"
                local count, sum = 0, 0
                for row in pgbc.cluster():balancer():primary():rows(sql, 100000, { batch = 1000 }) do
                  count, sum = count + 1, sum + row.n
                end
                return { count = count, sum = sum }
                """
            )
            #expect(finished.code == 0, "\(finished)")
            #expect(finished.lastLine == #"{"count":100000,"sum":5000050000}"#, "\(finished)")
        }

        @Test
        func `values have the types that Lua has for them`() async throws {
            let finished = try await run(
                #"""
                local row = pgbc.cluster():balancer():primary():query([[
                  select 7::int2 as small, 9007199254740993::int8 as large, 2.5::float8 as float, true as yes,
                    null::int as nothing, array[1, 2, null]::int[] as numbers, array['a,b', 'c"d']::text[] as texts,
                    timestamp '2026-01-02 03:04:05' as time, '{"a": 1}'::jsonb as json, $1::int + 1 as given
                ]], 41)[1]
                assert(math.type(row.small) == "integer" and row.small == 7, "small")
                assert(math.type(row.large) == "integer" and row.large == 9007199254740993, "large")
                assert(math.type(row.float) == "float" and row.float == 2.5, "float")
                assert(row.yes == true, "yes")
                assert(row.nothing == nil or row.nothing == pgbc.null, "nothing")
                assert(#row.numbers == 3 and row.numbers[2] == 2 and row.numbers[3] == pgbc.null, "numbers")
                assert(row.texts[1] == "a,b" and row.texts[2] == 'c"d', "texts")
                assert(row.time == "2026-01-02 03:04:05", "time")
                assert(json.decode(row.json).a == 1, "json")
                assert(row.given == 42, "given")
                return "all as promised"
                """#
            )
            #expect(finished.code == 0, "\(finished)")
            #expect(finished.lastLine.contains("all as promised"), "\(finished)")
        }

        private func run(_ script: String) async throws -> Finished {
            let cluster = try SharedCluster.running
            try cluster.write(script, to: "query.lua")
            return try await cluster.pgbc(
                "run",
                "--memory",
                "8MB",
                "query.lua",
                "--cluster",
                cluster.name,
                "--json",
                limit: .seconds(60)
            )
        }
    }
}

extension Cluster {
    /// Starts `pgbc` and kills it as soon as it has told of so many events.
    fileprivate func kill(after events: Int, _ arguments: String..., in environment: [String: String]) async throws {
        let running = try await start(arguments + ["--json"], environment: environment)
        try await running.hasWritten(lines: events)
        running.send(SIGKILL)
        let killed = try await running.finish(within: .seconds(10))
        #expect(killed.code == SIGKILL, "it was to be killed after \(events) events: \(killed)")
    }

    /// The text of the only journal.
    fileprivate func journal(in environment: [String: String]) throws -> String {
        let runs = URL(filePath: environment["XDG_STATE_HOME"] ?? "").appending(path: "pgbc/runs")
        let files = try FileManager.default.contentsOfDirectory(at: runs, includingPropertiesForKeys: nil)
        let journals = files.filter { $0.pathExtension == "journal" }
        try #require(journals.count == 1, "\(files)")
        return try String(contentsOf: journals[0], encoding: .utf8)
    }
}
