import ClusterModel
import FakeBackend
import Testing

struct LibraryTests {
    /// The JSON of what a script returns on an engine that holds the cluster `shop`.
    private func result(_ script: String) async throws -> String {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(script: script, options: ["--json"], on: backend)
        #expect(run.errors == "")
        return run.output.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test(
        arguments: [
            ("return pgbc.cluster().name", #""shop""#),
            ("return tostring(pgbc.cluster():balancer())", #""lb lb1""#),
            ("return #pgbc.cluster():nodes()", "2"),
            ("return pgbc.cluster():balancer():primary().name", #""lb1-primary""#),
            ("return pgbc.cluster():balancer():replicas()[1].name", #""lb1-replica1""#),
            (#"return pgbc.cluster():node("lb1-replica1"):role()"#, #""replica""#),
            (#"return pgbc.cluster():node("lb1-replica1"):lag()"#, "0"),
            ("return pgbc.cluster():exists(), pgbc.cluster('nope'):exists()", "[true,false]"),
            ("return pgbc.clusters()", #"["shop"]"#),
            ("return pgbc.cluster():topology().cluster_name", #""shop""#),
            ("return map({1, 2, 3}, function(i) sleep(0.001) return i * 2 end, { limit = 2 })", "[2,4,6]"),
            ("return parallel { function() return 1 end, function() return 'x' end }", #"[1,"x"]"#),
            (
                "local n = 0 return retry { times = 3, wait = 0.001, function() n = n + 1 if n < 3 then error('x') end return n end }",
                "3"
            ),
            (#"return json.encode { 1, { a = "x" } }"#, #""[1,{\"a\":\"x\"}]""#),
            (#"return json.decode('{"a":[1,null]}').a[2] == pgbc.null"#, "true"),
            ("return inspect { 1, b = { c = 'x' } }", #""{\n  1,\n  b = {\n    c = \"x\",\n  },\n}""#),
            ("local before = time() sleep(0.01) return time() > before", "true"),
            ("return random(3, 3)", "3"),
            ("local r = random() return r >= 0 and r < 1", "true"),
        ]
    )
    func `a line of Lua gives what the library promises`(script: String, expected: String) async throws {
        #expect(try await result(script) == expected)
    }

    @Test func `a query gives rows by column name, with null where SQL has it`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(
            script: """
                local rows = pgbc.cluster():node("lb1-replica1"):query("select $1, $2", 7, nil, { write = true })
                log(rows[1].name, rows[1].note == pgbc.null, rows[2].note, rows.affected)
                return rows
                """,
            on: backend
        )
        #expect(run.errors == "one\ttrue\tx\t0\n")
        #expect(run.output == "ID  NAME  NOTE\n 1  one\n 2  two   x\n")
        #expect(await backend.asked.last == #"lb1-replica1: select $1, $2 ["7", "null"] writes=true"#)
    }

    @Test func `what is deferred runs after a failure, the last first, and may wait`() async throws {
        let run = try await FakeRun(
            script: """
                defer(function() print("first") end)
                defer(function() sleep(0.001) print("second") end)
                error("boom")
                """
        )
        #expect(run.output == "second\nfirst\n")
        #expect(run.errors == "error: x.lua:3: boom\n")
        #expect(run.code == 1)
    }

    @Test func `an error of a primitive can be caught and looked at`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(
            script: #"local ok, e = pcall(function() pgbc.cluster():balancer("x") end) print(ok, e.code, e.operation)"#,
            on: backend
        )
        #expect(run.output == "false\tnot_found\tfind balancer x in shop\n")
    }

    @Test func `a module is found beside the script and in the folder pgbc`() async throws {
        let folder = try TemporaryFolder([
            "deep/x.lua": "return require('near').x + require('sub.far').y",
            "deep/near.lua": "sleep(0) return { x = 1 }",
            "pgbc/sub/far.lua": "return { y = 2 }",
        ])
        let run = await FakeRun(["run", "deep/x.lua"], in: folder.folder)
        #expect(run.output == "3\n")
    }

    @Test func `a script is read from the standard input`() async {
        let run = await FakeRun(["run", "-"], terminal: RecordingTerminal(answers: ["return 1 + 1"]))
        #expect(run.output == "2\n")
    }

    @Test func `words of a script that declares nothing arrive as its arguments`() async throws {
        let run = try await FakeRun(script: "local a, b = ... return a .. b", ["one", "two"])
        #expect(run.output == "onetwo\n")
    }

    @Test func `help of a script changes nothing, whatever the script does first`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let before = await backend.performed
        let run = try await FakeRun(
            script: "-- x.lua: does harm\npgbc.cluster('shop'):destroy()",
            ["--help"],
            on: backend
        )
        #expect(run.output == "does harm\n\nUSAGE: pgbc run x.lua\n\nARGUMENTS:\n  --help  show this text\n")
        #expect(run.code == 0)
        #expect(await backend.performed == before)
    }
}
