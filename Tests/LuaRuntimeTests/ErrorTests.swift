import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct ErrorTests {
    private func refusing() throws -> LuaRuntime {
        try LuaRuntime.scripted { request in throw Refusal(reason: "no \(request.name)") }
    }

    @Test func `a script sees an error of the host as a table`() async throws {
        let results = try await refusing().run(
            """
            local ok, e = pcall(call, "node.stop", "n1", {fast = true})
            return ok, e.code, e.message, e.cause, e.primitive, e.arguments, e.location, tostring(e), "got " .. e
            """
        )
        #expect(
            results == [
                false, "refused", "no node.stop", "the engine said no", "node.stop", ["n1", ["fast": true]],
                "test.lua:1", "test.lua:1: no node.stop", "got test.lua:1: no node.stop",
            ]
        )
    }

    @Test func `an error that no script catches keeps what the host threw`() async throws {
        let error = try #require(try await refusing().failure("local ok, e = pcall(call, 'a')\n\nerror(e)"))
        #expect(error.kind == .runtime)
        #expect(error.underlying as? Refusal == Refusal(reason: "no a"))
        #expect(error.description == "test.lua:1: no a")
    }

    @Test func `an error without fields of its own is described`() async throws {
        struct Plain: Error, CustomStringConvertible { var description: String { "it is plain" } }
        let runtime = try LuaRuntime.scripted { _ in throw Plain() }
        #expect(
            try await runtime.run("local _, e = pcall(call, 'x') return e.message, e.code") == [
                "it is plain", "failed",
            ]
        )
    }

    @Test func `a host that is cancelled by itself does not cancel the script`() async throws {
        let runtime = try LuaRuntime.scripted { request in
            if request.name == "fail" { throw CancellationError() }
            return 1
        }
        #expect(try await runtime.run("local _, e = pcall(call, 'fail') return e.code, call('x')") == ["cancelled", 1])
    }

    @Test func `an error of Lua has place and traceback`() async throws {
        let source = """
            local function inner(t)
              return t.x.y
            end
            local function outer() inner({}) end
            outer()
            """
        let error = try #require(try await LuaRuntime.scripted().failure(source))
        #expect(error.description == "test.lua:2: attempt to index a nil value (field 'x')")
        #expect(error.location == "test.lua:2")
        #expect(
            error.traceback == """
                test.lua:2: in function 'inner'
                test.lua:4: in function 'outer'
                test.lua:5: in main chunk

                """
        )
    }

    @Test func `a traceback goes through coroutines and threads`() async throws {
        let source = """
            parallel { function()
              local step = coroutine.wrap(function()
                call "x"
              end)
              step()
            end }
            """
        let error = try #require(try await refusing().failure(source))
        #expect(error.location == "test.lua:3")
        #expect(error.underlying is Refusal)
        #expect(
            error.traceback == """
                test.lua:3: in function <test.lua:2>
                [coroutine resumed by]
                [C]: in function 'step'
                test.lua:5: in function <test.lua:1>
                [started by]
                [C]: in function 'parallel'
                test.lua:1: in main chunk

                """
        )
    }

    @Test func `an error that is raised again keeps its first traceback`() async throws {
        let source = """
            local function fails() error("boom") end
            local function catches()
              local ok, e = pcall(fails)
              error(e, 0)
            end
            catches()
            """
        let error = try #require(try await LuaRuntime.scripted().failure(source))
        #expect(error.description == "test.lua:1: boom")
        #expect(error.traceback.contains("test.lua:1: in function <test.lua:1>"))
    }

    @Test func `the library raises errors at the user's line`() async throws {
        let library = LuaModule(
            name: "lib",
            source: "function check(n)\n if n < 0 then host.error {code = 'bad', message = 'negative'} end end"
        )
        let runtime = try LuaRuntime(host: ScriptedHost { _ in .nil }, modules: [library])
        let error = try #require(try await runtime.failure("\n\ncheck(-1)"))
        #expect(error.description == "test.lua:3: negative")
        #expect(error.code == "bad")
    }

    @Test func `a value that is no text can be an error`() async throws {
        let runtime = try LuaRuntime.scripted()
        #expect(try await runtime.run("local ok, e = pcall(error, {x = 1}) return e.x") == [1])
        #expect(try await runtime.failure("error(nil)")?.message == "nil")
        #expect(
            try await runtime.failure("error(setmetatable({}, {__tostring = function() return 'odd' end}))")?.message
                == "odd"
        )
    }

    @Test func `a very deep stack is shown from both ends`() async throws {
        let error = try #require(
            try await LuaRuntime.scripted().failure(
                "local function f(n) if n == 0 then error('deep') end f(n - 1) f(0) end f(500)"
            )
        )
        #expect(error.traceback.contains("frames left out"))
        #expect(error.traceback.split(separator: "\n").count < 30)
    }

    @Test(
        arguments: [
            ("local x = 1\nreturn refuse()", "test.lua:2"),
            ("#!/usr/bin/env -S pgbc run\nreturn refuse()\n-- the end", "test.lua:2"),
            ("if true then\n  return refuse()\nend\nreturn 1", "test.lua:2"),
        ]
    )
    func `a function of the library that a script ends with keeps its place`(
        _ source: String,
        _ place: String
    ) async throws {
        let library = LuaModule(name: "own", source: "function refuse() host.error { code = 'x', message = 'no' } end")
        let runtime = try LuaRuntime(host: ScriptedHost { _ in .nil }, modules: [library])
        #expect(try await runtime.failure(source)?.location == place)
    }

    @Test func `an error names the step that it came from, whatever was raised`() async throws {
        let library = LuaModule(
            name: "own",
            source: """
                function step(name, fn)
                  local done, problem = pcall(fn)
                  if done then return end
                  host.in_step(problem, name)
                  error(problem, 0)
                end
                """
        )
        let runtime = try LuaRuntime(host: ScriptedHost { _ in .nil }, modules: [library, .bare])
        let failure = try await runtime.failure(
            "step('a', function() step('b', function()\n local x\n return x.y end) end)"
        )
        #expect(failure?.step == "a > b")
        #expect(failure?.location == "test.lua:3")
        #expect(
            try await runtime.failure("parallel { function() step('c', function() error('x') end) end }")?.step == "c"
        )
        #expect(try await runtime.failure("pcall(step, 'd', function() error('x') end) error('y')")?.step == nil)
    }
}
