import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    @Test(arguments: [
        "local t = {} for i = 1, 1e9 do t[i] = {i} end",
        "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1e9)",
        "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
        "return call 'huge'",
        "parallel { function() local t = {} for i = 1, 1e9 do t[i] = {i} end end }",
    ])
    func `a script that takes too much memory is stopped, and the next one runs`(_ source: String) async throws {
        let runtime = try LuaRuntime.scripted(limits: LuaLimits(memoryBytes: 8 << 20)) { _ in
            .string(String(repeating: "x", count: 16 << 20))
        }
        #expect(try await runtime.failure(source)?.kind == .memory)
        #expect(await runtime.memory.peak <= 8 << 20)
        #expect(try await runtime.run("local t = {} for i = 1, 1000 do t[i] = {i} end return #t") == [1000])
    }

    @Test func `a machine that cannot be made says so`() {
        let error = #expect(throws: LuaScriptError.self) {
            try LuaRuntime(host: ScriptedHost { _ in .nil }, limits: LuaLimits(memoryBytes: 1000))
        }
        #expect(error?.kind == .memory)
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function(m) return m end) end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        """
        while true do pcall(function()
          local x <close> = setmetatable({}, {__close = function() error "replaced" end})
          while true do end
        end) end
        """,
        "parallel { function() while true do end end, function() call 'x' end }",
        "local t = {} for i = 1, 1e6 do t[i] = i end table.sort(t, function(a, b) while true do end end)",
        "return setmetatable({}, {__index = function(t, k) return t[k + 1] and t[k + 1] end})[1]",
    ])
    func `a script that computes for too long is stopped, even if it catches every error`(_ source: String) async throws
    {
        let runtime = try LuaRuntime.scripted(limits: LuaLimits(instructions: 200_000))
        let kind = try await runtime.failure(source)?.kind
        #expect(kind == .instructions || source.contains("__index"))
        #expect(try await runtime.run("local n = 0 for i = 1, 1000 do n = n + 1 end return n") == [1000])
    }

    @Test func `a script that is stopped may still clean up and wait for that`() async throws {
        let record = Record()
        let runtime = try LuaRuntime.scripted(limits: LuaLimits(instructions: 100_000)) { request in
            await record.add(request.name)
            return .nil
        }
        let error = try await runtime.failure(
            """
            defer(function() for i = 1, 1000 do end pcall(error, "caught") call "deferred" end)
            local x <close> = setmetatable({}, {__close = function() call "closed" end})
            while true do end
            """
        )
        #expect(error?.kind == .instructions)
        #expect(error?.location == "test.lua:3")
        #expect(await record.entries == ["closed", "deferred"])
    }
}
