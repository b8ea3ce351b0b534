import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct CoroutineTests {
    private func runtime() throws -> LuaRuntime {
        try LuaRuntime.scripted { request in
            await Task.yield()
            if request.name == "fail" { throw Refusal(reason: "no") }
            return request.arguments.first ?? .nil
        }
    }

    @Test func `a coroutine may wait for the host between its own yields`() async throws {
        let results = try await runtime().run(
            """
            local function numbers(n) for i = 1, n do coroutine.yield(call("x", i)) end return "end" end
            local co = coroutine.create(numbers)
            local seen = {}
            repeat
              local ok, v = coroutine.resume(co, 3)
              seen[#seen + 1] = v
            until coroutine.status(co) == "dead"
            return seen, select("#", coroutine.resume(co)), select(2, coroutine.resume(co))
            """
        )
        #expect(results == [[1, 2, 3, "end"], 2, "cannot resume dead coroutine"])
    }

    @Test func `requests travel up through nested coroutines and iterators`() async throws {
        let results = try await runtime().run(
            """
            local function inner() for i = 1, 3 do coroutine.yield(call("x", i)) end end
            local function outer() for v in coroutine.wrap(inner) do coroutine.yield(v * call("x", 10)) end end
            local sum = 0
            for v in coroutine.wrap(outer) do sum = sum + v + call("x", 1) end
            return sum
            """
        )
        #expect(results == [63])
    }

    @Test func `an error comes out of a coroutine as Lua's own do`() async throws {
        let results = try await runtime().run(
            """
            local co = coroutine.create(function() call "fail" end)
            local ok, e = coroutine.resume(co)
            local ok2, e2 = pcall(coroutine.wrap(function() call("x") error("plain") end))
            local ok3, e3 = pcall(coroutine.wrap(function() call "fail" end))
            return ok, e.code, coroutine.status(co), ok2, e2, ok3, e3.code
            """
        )
        #expect(results == [false, "refused", "dead", false, "test.lua:3: plain", false, "refused"])
    }

    @Test func `what is closed in a coroutine may wait`() async throws {
        let results = try await runtime().run(
            """
            local log = {}
            local co = coroutine.create(function()
              local x <close> = setmetatable({}, {__close = function() log[1] = call("x", "closed") end})
              error "out"
            end)
            local ok, e = coroutine.resume(co)
            return ok, e, log
            """
        )
        #expect(results == [false, "test.lua:4: out", ["closed"]])
    }

    @Test func `a coroutine that waits cannot be resumed by a sibling`() async throws {
        let gate = Gate()
        let runtime = try LuaRuntime.scripted { request in
            if request.name == "wait" { try await gate.pass() } else { await gate.open() }
            return 1
        }
        let results = try await runtime.run(
            """
            local co = coroutine.create(function() return call "wait" end)
            local main = coroutine.running()
            local r = parallel {
              function() return select(2, coroutine.resume(co)) end,
              function()
                local seen = coroutine.status(co) .. ", " .. select(2, coroutine.resume(co)) .. ", "
                  .. coroutine.status(main) .. ", " .. tostring(pcall(coroutine.close, co))
                call "open"
                return seen
              end,
            }
            return r
            """
        )
        #expect(results == [[1, "normal, cannot resume non-suspended coroutine, normal, false"]])
    }

    @Test func `the functions answer as Lua's own do`() async throws {
        let results = try await runtime().run(
            """
            local main, is_main = coroutine.running()
            local inner = coroutine.wrap(function() local _, m = coroutine.running() return m, coroutine.isyieldable() end)
            local a, b = inner()
            local closed = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() error "c" end})
              coroutine.yield() end)
            coroutine.resume(closed)
            local ok, e = coroutine.close(closed)
            return type(main), is_main, coroutine.isyieldable(), a, b, ok, e, coroutine.status(closed),
              pcall(coroutine.yield, 1)
            """
        )
        #expect(
            results == [
                "thread", true, false, false, true, false, "test.lua:4: c", "dead", false,
                "attempt to yield from outside a coroutine",
            ]
        )
    }

    @Test(arguments: [
        ("table.sort({3, 1, 2}, function(a, b) call 'x' return a < b end)", "sort"),
        ("string.gsub('abc', '.', function() call 'x' end)", "gsub"),
        ("table.sort({2, 1}, function() parallel { print } end)", "sort"),
        ("table.sort({2, 1}, function() timeout(1, print) end)", "sort"),
        ("table.sort({2, 1}, function() coroutine.wrap(function() call 'x' end)() end)", "sort"),
        ("tostring(setmetatable({}, {__tostring = function() return call 'x' end}))", "tostring"),
    ])
    func `waiting in a callback of C is refused before anything is started`(_ source: String, _ name: String)
        async throws
    {
        let runtime = try LuaRuntime.scripted { _ in
            Issue.record("the host was asked")
            return .nil
        }
        let error = try #require(try await runtime.failure(source))
        #expect(error.code == "cannot_wait")
        #expect(error.message.contains("inside a callback of '\(name)'"))
        #expect(error.location == "test.lua:1")
    }

    @Test func `metamethods and iterators written in Lua may wait`() async throws {
        let results = try await runtime().run(
            """
            local t = setmetatable({}, {__index = function(_, k) return call("x", k) end, __len = function() return call("x", 3) end,
              __add = function(a, b) return call("x", b) end, __pairs = function() return function(_, k)
                if not k then return call("x", 1), "one" end end end})
            local found for k, v in pairs(t) do found = k .. v end
            return t.name, #t, t + 5, found
            """
        )
        #expect(results == ["name", 3, 5, "1one"])
    }
}
