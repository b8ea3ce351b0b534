import ClusterModel
import FakeBackend
import Testing

struct RunFunctionTests {
    /// The JSON of what a script returns on an engine that holds the cluster `shop`.
    private func result(_ script: String) async throws -> String {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(script: script, options: ["--json"], on: backend)
        return run.output.split(separator: "\n").last.map(String.init) ?? run.errors
    }

    @Test(
        arguments: [
            ("return retry({ times = 3, wait = 0 }, function(n) if n < 3 then error('x') end return n end)", "3"),
            (
                "local ok, e = pcall(fail, 'no', { code = 'conflict', node = 'r1' }) return { e.code, e.node }",
                #"["conflict","r1"]"#
            ),
            ("return step('grow', function() return 1, 2 end)", "[1,2]"),
            ("local ok, e = pcall(step, 'grow', function() fail('no') end) return e.step", #""grow""#),
            (
                "return yaml.decode('a: [1, 2.5, yes, null, \"x\"]\\nb: {c: d}')",
                #"{"a":[1,2.5,true,null,"x"],"b":{"c":"d"}}"#
            ),
            (
                "return yaml.decode(yaml.encode { a = 'yes', b = '1', c = { 1, true }, d = 'x\\ny' })",
                #"{"a":"yes","b":"1","c":[1,true],"d":"x\ny"}"#
            ),
            (
                "local n = 0 for row in pgbc.cluster():node('lb1-replica1'):rows('select 1') do n = n + row.id end return n",
                "3"
            ),
            (
                "for row in pgbc.cluster():balancer():rows('select 1') do return row end",
                #"{"name":"one","id":1,"note":null}"#
            ),
            ("journal('a', 1) return time() <= time()", "true"),
        ]
    )
    func `a function of the run gives what it promises`(script: String, expected: String) async throws {
        #expect(try await result(script).contains(expected), "\(script)")
    }

    @Test func `a broken text is refused as YAML with its line`() async throws {
        let run = try await FakeRun(script: "return yaml.decode('a: [')")
        #expect(run.errors.contains("could not read YAML"))
        #expect(run.code == 2)
    }

    @Test(
        arguments: [
            ("map({ 1 })", "bad argument 'fn' to map: expected a function, got nothing (x.lua:1)"),
            ("map(nil, print)", "bad argument 'list' to map: expected a list, got nothing (x.lua:1)"),
            (
                "map({}, print, { limit = 0 })",
                "bad argument 'limit' to map: expected an integer of at least 1, got number 0 (x.lua:1)"
            ),
            ("parallel { 1 }", "bad argument 'functions[1]' to parallel: expected a function, got number 1 (x.lua:1)"),
            (
                "timeout('x', print)",
                #"bad argument 'seconds' to timeout: expected a number of at least 0, got string "x" (x.lua:1)"#
            ),
            ("defer(1)", "bad argument 'fn' to defer: expected a function, got number 1 (x.lua:1)"),
            (
                "retry()",
                "bad argument 'options' to retry: expected a table such as { times = 5, wait = 1 }, got nothing (x.lua:1)"
            ),
            ("step('x')", "bad argument 'fn' to step: expected a function, got nothing (x.lua:1)"),
            (
                "fail('x', { code = 'odd' })",
                #"bad argument 'code' to fail: expected one of failed, invalid, not_found, conflict, verification_failed, got string "odd" (x.lua:1)"#
            ),
        ]
    )
    func `a wrong argument of a function in Lua is refused as a primitive does`(script: String, message: String)
        async throws
    {
        let run = try await FakeRun(script: script)
        #expect(run.errors == "error: \(message)\n")
        #expect(run.code == 2)
    }

    @Test func `a script that runs out of memory is told where`() async throws {
        let run = try await FakeRun(
            script: "local t = {}\nfor i = 1, 1e9 do\n  t[i] = ('x'):rep(1000) .. i\nend",
            options: ["--memory", "16MB"]
        )
        #expect(run.errors == "error: x.lua:3: not enough memory\n  --memory raises the limit\n")
        let nested = try await FakeRun(
            script: "local co = coroutine.wrap(function()\n  local s = 'x'\n  while true do s = s .. s end\nend)\nco()",
            options: ["--memory", "16MB"]
        )
        #expect(nested.errors == "error: x.lua:3: not enough memory\n  --memory raises the limit\n")
    }

    @Test func `what happens to a cluster is told as it happens`() async throws {
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(
            script: """
                local shop, told = pgbc.cluster(), {}
                parallel {
                  function()
                    for event in shop:events { interval = 0.01, seconds = 20 } do
                      told[#told + 1] = event.event .. " " .. (event.node or event.balancer or "")
                      if #told == 2 then break end
                    end
                  end,
                  function() sleep(0.05) shop:balancer():add_replica() end,
                }
                return told
                """,
            options: ["--json"],
            on: engine
        )
        #expect(run.output.contains("node.added lb1-replica2"))
    }

    @Test(
        arguments: [
            ("step('drain', function() fail('no') end)", "error: x.lua:1: no\n  in step 'drain'"),
            ("step('drain', function() local a = nil + 1 end)", "in step 'drain'"),
            (
                "step('grow', function() step('drain', function() pgbc.cluster('shap'):status() end) end)",
                "in step 'grow > drain'"
            ),
        ]
    )
    func `an error that ends the run names the step that it came from`(script: String, expected: String) async throws {
        let run = try await FakeRun(script: script, on: try await FakeRun.engine(holding: Sample.shop))
        #expect(run.errors.contains(expected), "\(run.errors)")
    }

    @Test func `a call that a script ends with keeps its place`() async throws {
        let run = try await FakeRun(script: "-- a comment\nreturn fail('no')")
        #expect(run.errors.contains("error: x.lua:2: no"), "\(run.errors)")
    }
}
