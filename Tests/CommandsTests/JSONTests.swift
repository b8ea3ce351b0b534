import ClusterModel
import FakeBackend
import Testing

struct JSONTests {
    private func documents(_ text: String) throws -> [Document] {
        try text.split(separator: "\n").map { try Document(json: String($0), source: "line") }
    }

    @Test func `status is one object with the keys that are promised`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["status", "--json"], on: backend)
        let status = try #require(try documents(run.output).first)
        #expect(run.errors == "")
        #expect(status["cluster"] == "shop")
        #expect(status["findings"] == [])
        guard case .array(let balancers)? = status["balancers"], case .array(let nodes)? = balancers[0]["nodes"] else {
            Issue.record("no nodes")
            return
        }
        #expect(balancers[0]["port"] == 19999)
        #expect(nodes[1]["role"] == "replica")
        #expect(nodes[1]["lag_bytes"] == 0)
        #expect(nodes[1]["pool_status"] == "up")
    }

    @Test func `a change is a stream of events and the result`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["scale", "--replicas", "2", "--json"], on: backend)
        let lines = try documents(run.output)
        #expect(run.errors == "")
        #expect(lines.first?["event"] == "plan.started")
        #expect(lines.contains { $0["event"] == "step.progressed" && $0["progress"] == "clone 12.0 of 40.1 MB" })
        #expect(lines.contains { $0["event"] == "step.finished" && $0["note"] == "40.1 MB copied" })
        #expect(lines.last?["balancer"] == "lb1")
    }

    @Test func `an error is one object on the standard error`() async throws {
        let run = await FakeRun(["status", "--json"])
        #expect(run.output == "")
        let error = try #require(try documents(run.errors).first)
        #expect(error["event"] == "error")
        #expect(error["code"] == "not_found")
        #expect(error["exit_code"] == 4)
    }

    @Test func `a script's own lines are events`() async throws {
        let run = try await FakeRun(script: "print('a', 1) log('b') return { c = true }", options: ["--json"])
        #expect(
            run.output == """
                {"event":"output","text":"a\\t1"}
                {"event":"note","text":"b"}
                {"c":true}

                """
        )
    }
}
