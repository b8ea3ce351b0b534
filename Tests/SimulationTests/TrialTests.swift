import ClusterModel
import FakeBackend
import Orchestration
import Simulation
import Testing

@Suite struct `A trial of a script` {
    @Test func `makes each step fail once, and pgbc die in each step once`() async throws {
        let report = try await tried(#"pgbc.cluster():balancer("lb1"):scale(3)"#, topology: topology(), runs: 3)
        let counts = Dictionary(uniqueKeysWithValues: report.runs.map { ($0.sort, $0.count) })
        #expect(report.failure == nil, "\(report)")
        #expect(counts["as it is"] == 1)
        #expect(counts["with a failing step"] == counts["with a crash"])
        #expect((counts["with a failing step"] ?? 0) > 3)
        #expect(counts["with random faults"] == 3)
    }

    @Test func `counts the calls of primitives, whoever answers them`() async throws {
        let script = "local c = pgbc.cluster('shop') for _ = 1, 10 do c:status() time() json.encode(1) end"
        let report = try await tried(script, topology: topology(), runs: 0)
        #expect(report.failure == nil, "\(report)")
        #expect(report.calls == 30)
    }

    @Test func `finds a script that cuts the clients that hold was to spare`() async throws {
        let report = try await tried(
            #"local c = pgbc.cluster() local n = c:balancer("lb1"):primary() n:fence()"#,
            topology: topology()
        )
        #expect(report.failure != nil)
    }

    @Test func `finds a script that fails although nothing goes wrong`() async throws {
        let report = try await tried("fail('no')", topology: topology())
        #expect(report.failure?.violations.first?.contains("the script fails although nothing goes wrong") == true)
        #expect(report.runs.map(\.count) == [1])
    }

    @Test func `finds a script that gives up half-way and does not take it up again`() async throws {
        let script = """
            local c = pgbc.cluster()
            local lb = c:balancer("lb1")
            if #c:nodes() == 3 then
              lb:add_replica(1)
              lb:switchover()
            else
              fail("somebody has begun already", "failed")
            end
            """
        let report = try await tried(script, topology: topology())
        let failure = try #require(report.failure)
        #expect(failure.violations.first?.contains("run again after it, the script fails") == true)
        let again = try await tried(script, topology: topology(), replay: failure.replay)
        #expect(again.failure?.violations == failure.violations)
        #expect(again.failure?.history == failure.history)
    }

    @Test func `is the same for the same seed, and another for another`() async throws {
        let script = #"local lb = pgbc.cluster():balancer("lb1") lb:switchover() sleep(random(1, 9)) lb:switchover()"#
        let first = try await tried(script, topology: topology(), seed: 3)
        let second = try await tried(script, topology: topology(), seed: 3)
        let third = try await tried(script, topology: topology(), seed: 4)
        #expect(first == second)
        #expect(first.seconds != third.seconds)
    }

    @Test func `runs things together in the time of the longest, and a limit strikes only when it has passed`()
        async throws
    {
        let report = try await tried(
            """
            local begun = time()
            parallel { function() sleep(30) end, function() sleep(20) end, function() timeout(60, function() sleep(25) end) end }
            if math.abs(time() - begun - 30) > 0.001 then fail("it took " .. time() - begun) end
            local done, problem = pcall(timeout, 5, function() sleep(6) end)
            if done then fail("the limit did not strike") end
            """,
            topology: topology(),
            runs: 0
        )
        #expect(report.failure == nil, "\(report)")
    }

    @Test func `takes what a failure printed, and refuses anything else`() async throws {
        let error = await #expect(throws: ClusterError.self) {
            try await tried("", topology: topology(), replay: "seven")
        }
        #expect(error?.code == .invalid)
    }

    @Test func `goes through a cluster of a thousand nodes`() async throws {
        let balancers = (1...40).map { number -> Document in ["name": .string("lb\(number)"), "replicas": 24] }
        let large = try Topology.load(["cluster_name": "large", "balancers": .array(balancers)], source: "the test")
        let report = try await tried(
            #"pgbc.cluster():balancer("lb7"):remove_replica(1)"#,
            topology: large,
            runs: 1
        )
        #expect(report.failure == nil, "\(report)")
    }
}
