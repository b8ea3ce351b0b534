import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct SandboxTests {
    @Test(arguments: [
        "io", "package", "dofile", "loadfile", "host", "warn", "os.execute", "os.time", "os.date", "os.clock",
        "os.exit",
        "os.getenv", "os.remove", "math.random", "math.randomseed", "string.dump", "debug.getinfo", "debug.sethook",
        "debug.getupvalue", "debug.getregistry", "debug.setmetatable",
    ])
    func `scripts do not see`(_ name: String) async throws {
        let results = try await LuaRuntime.scripted().run(
            """
            local value = _G
            for part in ("\(name)"):gmatch("[^.]+") do value = rawget(value, part) end
            return value == nil
            """
        )
        #expect(results == [true])
    }

    @Test func `an undeclared global is an error that names the nearest one`() async throws {
        let runtime = try LuaRuntime.scripted()
        let use = try #require(try await runtime.failure("local n = 1\nreturn tostrin(n)"))
        #expect(use.description == "test.lua:2: use of an undeclared global 'tostrin'; did you mean 'tostring'?")
        let assignment = try #require(try await runtime.failure("count = 1"))
        #expect(assignment.message == "assignment of an undeclared global 'count' (declare it with 'local')")
        #expect(
            try await runtime.failure("return _G.qqqqqqqqqqq")?.message == "use of an undeclared global 'qqqqqqqqqqq'"
        )
    }

    @Test func `a module of the library declares what it assigns`() async throws {
        let library = LuaModule(name: "lib", source: "limit = 5; function double(n) return n * 2 end; local hidden = 1")
        let runtime = try LuaRuntime(host: ScriptedHost { _ in .nil }, modules: [library, .bare])
        #expect(try await runtime.run("return double(limit), rawget(_G, 'hidden')") == [10, nil])
    }

    @Test func `pairs goes through a table in a fixed order`() async throws {
        let results = try await LuaRuntime.scripted().run(
            """
            local t, seen = {}, {}
            for _, k in ipairs {"delta", "alpha", "charlie", "bravo", 30, 2.5, -1, true, false} do t[k] = true end
            t[1], t[2] = 1, 2
            for k in pairs(t) do seen[#seen + 1] = tostring(k) end
            local left = 0
            for k in pairs(t) do t[k] = nil; t.bravo = nil end
            for k in pairs(t) do left = left + 1 end
            return table.concat(seen, " "), left, pcall(function() pairs(nil) end)
            """
        )
        #expect(
            results == [
                "-1 1 2 2.5 30 alpha bravo charlie delta false true", 0, false,
                "test.lua:8: bad argument #1 to 'pairs' (table expected, got nil)",
            ]
        )
    }

    @Test func `a large table is put in order`() async throws {
        let results = try await LuaRuntime.scripted().run(
            """
            local t, previous, count = {}, "", 0
            for i = 1, 2000 do t[("k%d"):format(i * 7919 % 10007)] = i end
            for k in pairs(t) do assert(previous < k) previous, count = k, count + 1 end
            return count
            """
        )
        #expect(results == [2000])
    }

    @Test func `finalizers are refused and metatables of errors are out of reach`() async throws {
        let runtime = try LuaRuntime.scripted { _ in throw Refusal(reason: "no") }
        #expect(try await runtime.failure("setmetatable({}, {__gc = print})")?.message.contains("<close>") == true)
        #expect(
            try await runtime.run("local _, e = pcall(call, 'x') return getmetatable(e), getmetatable(null)") == [
                false, false,
            ]
        )
        #expect(try await runtime.run("return tostring(null), null == null, null == nil") == ["null", true, false])
    }

    @Test func `text is loaded with the script's globals or those it is given`() async throws {
        let runtime = try LuaRuntime.scripted()
        #expect(
            try await runtime.run("return load('return 1 + ...', 'c')(2), load('return x', 'c', 't', {x = 4})()") == [
                3, 4,
            ]
        )
        #expect(try await runtime.run("return load('x =', 'c')") == [nil, "c:1: unexpected symbol near <eof>"])
        #expect(try await runtime.failure("load('boom()', '=chunk')()")?.location == "chunk:1")
        #expect(try await runtime.failure("load(function() end)")?.message.contains("only a text") == true)
    }

    @Test func `a traceback shows the user's frames only`() async throws {
        let results = try await LuaRuntime.scripted().run(
            """
            local function f() return debug.traceback("here") end
            local text = f() .. "|"
            local co = coroutine.create(function() coroutine.yield() end)
            coroutine.resume(co)
            return text .. debug.traceback(co), debug.traceback(null) == null
            """
        )
        #expect(
            results == [
                """
                here
                stack traceback:
                test.lua:1: in function 'f'
                test.lua:2: in main chunk
                |stack traceback:
                [C]: in function 'yield'
                test.lua:3: in function <test.lua:3>

                """, true,
            ]
        )
    }

    @Test func `print goes to the host`() async throws {
        let record = Record()
        let runtime = try LuaRuntime.scripted { request in
            await record.add("\(request.name): \(request.arguments.first?.string ?? "")")
            return .nil
        }
        _ = try await runtime.run("print('a', 1, nil, true)")
        #expect(await record.entries == ["print: a\t1\tnil\ttrue"])
    }
}
