import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct RunTests {
    @Test func `a script takes arguments and returns its results`() async throws {
        let runtime = try LuaRuntime.scripted()
        let results = try await runtime.run(
            "return 1 + 1, 'two', {3, x = true}, null, nil, ...",
            name: "a.lua",
            arguments: [4.5, ["k": [1, 2]]]
        )
        #expect(
            results == [2, "two", .table(LuaTable(array: [3], fields: ["x": true])), .null, nil, 4.5, ["k": [1, 2]]]
        )
    }

    @Test func `every kind of value comes back from the host as it went there`() async throws {
        let runtime = try LuaRuntime.scripted { request in .table(LuaTable(array: request.arguments)) }
        let results = try await runtime.run(
            """
            local values = {1, -2.5, "text", true, {a = {b = {1, 2}}}, "\\xff\\xfe", math.mininteger, "", 2^53, null}
            local back = call("echo", table.unpack(values))
            for i, v in ipairs(values) do
              if type(v) ~= "table" then assert(back[i] == v and math.type(back[i]) == math.type(v), i) end
            end
            return back
            """
        )
        #expect(
            results.first?.table?.array == [
                1, -2.5, "text", true, ["a": ["b": [1, 2]]], .bytes([0xff, 0xfe]), .integer(.min), "", .number(0x1p53),
                .null,
            ]
        )
    }

    @Test func `a request knows its thread, its number and its place`() async throws {
        let runtime = try LuaRuntime.scripted { request in .string("\(request.path) \(request.location ?? "")") }
        let source = """
            local a = call("x")
            local b = parallel { function() return call("y") end, function() call("y")
              return call("z") end }
            local c = timeout(5, function() return call("t") end)
            return a, b[1], b[2], c, call("x")
            """
        let results = try await runtime.run(source)
        #expect(
            results == [
                "0#1 test.lua:1", "0.1#1 test.lua:2", "0.2#2 test.lua:3", "0.3#1 test.lua:4", "0#2 test.lua:5",
            ]
        )
        #expect(try await runtime.run("return call('x')") == ["1#1 test.lua:1"])
    }

    @Test func `the place is that of the user's chunk and not of the library's`() async throws {
        let library = LuaModule(name: "lib", source: "function ask(what)\n\n\n return host.call(what) end")
        let host = ScriptedHost { request in .string("\(request.location ?? "nowhere") \(request.traceback)") }
        let runtime = try LuaRuntime(host: host, limits: LuaLimits(tracesRequests: true), modules: [library])
        let results = try await runtime.run(
            "local function f()\n  local r = ask 'x'\n  return r\nend\nreturn f()",
            name: "u.lua"
        )
        #expect(
            results == [
                """
                u.lua:2 lib:4: in function 'ask'
                u.lua:2: in function 'f'
                u.lua:5: in main chunk

                """
            ]
        )
    }

    @Test func `globals stay between runs only where they are allowed`() async throws {
        let runtime = try LuaRuntime.scripted()
        _ = try await runtime.run(
            "x = 1; function double(n) y = n * 2; return y end",
            name: "prompt",
            definesGlobals: true
        )
        #expect(try await runtime.run("return x, double(21), y", name: "prompt", definesGlobals: true) == [1, 42, 42])
        #expect(try await runtime.failure("z = 1")?.code == "undeclared_global")
        #expect(try await runtime.run("return x") == [1])
    }

    @Test func `a first line for the shell is skipped and counted`() async throws {
        let runtime = try LuaRuntime.scripted()
        #expect(try await runtime.run("#!/usr/bin/env -S pgbc run\nreturn 7") == [7])
        let error = try await runtime.failure("#!/usr/bin/env\n\nerror('x')")
        #expect(error?.location == "test.lua:3")
    }

    @Test func `a syntax error has its place`() async throws {
        let runtime = try LuaRuntime.scripted()
        let error = try #require(try await runtime.failure("local x = 1\nlocal y = = 2"))
        #expect(error.kind == .syntax)
        #expect(error.description == "test.lua:2: unexpected symbol near '='")
        #expect(!error.isIncomplete)
        #expect(try await runtime.failure("for i = 1, 2 do")?.isIncomplete == true)
    }

    @Test func `precompiled code is refused`() async throws {
        let runtime = try LuaRuntime.scripted()
        #expect(try await runtime.failure("\u{1B}Lua")?.kind == .syntax)
        #expect(try await runtime.run("return (load('\\27Lua'))") == [nil])
        #expect(try await runtime.run("return string.dump") == [nil])
    }

    @Test func `a result that cannot be passed says where it is`() async throws {
        let error = try await LuaRuntime.scripted().failure("return 1, {a = {1, print}}")
        #expect(error?.message == "result 2 of the script cannot be passed to the host: it is a function (at .a[2])")
    }

    @Test func `an argument that cannot be passed is refused before anything is asked`() async throws {
        let runtime = try LuaRuntime.scripted { _ in
            Issue.record("the host was asked")
            return .nil
        }
        let error = try await runtime.failure("local loop = {}; loop.loop = loop; call('x', 1, loop)")
        #expect(error?.code == "bad_argument")
        #expect(
            error?.message.hasPrefix("bad argument 2 to 'x': cannot pass a table that is nested too deeply") == true
        )
    }

    @Test func `a list may have a few holes`() async throws {
        let runtime = try LuaRuntime.scripted()
        #expect(try await runtime.run("return {1, nil, 3}") == [[1, nil, 3]])
        #expect(try await runtime.failure("return {[1] = 1, [100] = 2}")?.code == "bad_result")
    }

    @Test func `a module that fails to load says why`() throws {
        let error = #expect(throws: LuaScriptError.self) {
            try LuaRuntime(
                host: ScriptedHost { _ in .nil },
                modules: [LuaModule(name: "lib", source: "\nlocal x = nil + 1")]
            )
        }
        #expect(error?.message.hasPrefix("lib:2: attempt to perform arithmetic on a nil value") == true)
        let waiting = #expect(throws: LuaScriptError.self) {
            try LuaRuntime(
                host: ScriptedHost { _ in .nil },
                modules: [LuaModule(name: "lib", source: "host.call('x')")]
            )
        }
        #expect(waiting?.code == "cannot_wait")
    }

    @Test func `two runs of one machine may be under way`() async throws {
        let gate = Gate()
        let runtime = try LuaRuntime.scripted { request in
            if request.arguments == [1] { try await gate.pass() } else { await gate.open() }
            return request.arguments[0]
        }
        async let first = runtime.run("return call('x', 1)")
        await gate.arrived(1)
        #expect(try await runtime.run("return call('x', 2)") == [2])
        #expect(try await first == [1])
    }
}
