import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct RequireTests {
    private let record = Record()

    private func runtime(_ modules: [String: String], gate: Gate? = nil) throws -> LuaRuntime {
        try LuaRuntime.scripted { [record] request in
            let name = request.arguments.first?.string ?? ""
            if request.name == "module.find" {
                guard let source = modules[name] else { return .nil }
                return ["source": .string(source), "path": .string("lib/\(name).lua")]
            }
            if request.name == "wait" { try await gate?.pass() }
            await record.add(request.location ?? "")
            return .integer(1)
        }
    }

    @Test func `a module may wait, runs once, and gets its name and path`() async throws {
        let runtime = try runtime([
            "a": "local name, path = ...\ncall 'x'\nreturn {name = name, path = path}", "b": "call 'y'",
        ])
        let results = try await runtime.run("return require('a') == require('a'), require('a'), require('b')")
        #expect(results == [true, ["name": "a", "path": "lib/a.lua"], true])
        #expect(await record.entries == ["lib/a.lua:2", "lib/b.lua:1"])
        #expect(try await runtime.run("return require('a').name") == ["a"])
    }

    @Test func `a module that does not exist or does not compile is an error at the user's line`() async throws {
        let runtime = try runtime(["bad": "return ="])
        #expect(try await runtime.failure("\nrequire 'x'")?.description == "test.lua:2: there is no module 'x'")
        #expect(try await runtime.failure("require 'bad'")?.message == "lib/bad.lua:1: unexpected symbol near '='")
        #expect(
            try await runtime.failure("require(1)")?.message == "require: expected the name of a module, got a number"
        )
    }

    @Test func `modules that require each other are reported`() async throws {
        let runtime = try runtime(["a": "require 'b'", "b": "require 'a'"])
        let error = try await runtime.failure("require 'a'")
        #expect(error?.code == "cyclic_require")
        #expect(error?.location == "lib/b.lua:1")
        #expect(
            try await runtime.failure("parallel { function() require 'a' end, function() require 'b' end }")?.code
                == "cyclic_require"
        )
    }

    @Test func `a module that failed is loaded again`() async throws {
        let runtime = try runtime(["a": "if not tried.once then tried.once = true error 'first' end return 2"])
        let results = try await runtime.run(
            "tried = {} local ok = pcall(require, 'a') return ok, require 'a'",
            name: "p",
            definesGlobals: true
        )
        #expect(results == [false, 2])
    }

    @Test func `threads that require the same module share it`() async throws {
        let gate = Gate()
        let runtime = try runtime(["a": "call 'wait' return {}"], gate: gate)
        async let results = runtime.run(
            """
            local load = function() return require "a" end
            local r = parallel { load, load, load }
            return r[1] == r[2] and r[2] == r[3]
            """
        )
        await gate.arrived(1)
        await gate.open()
        #expect(try await results == [true])
        #expect(await record.entries == ["lib/a.lua:1"])
    }

    @Test func `a thread that waits for a module can be cancelled`() async throws {
        let gate = Gate()
        let runtime = try runtime(["a": "call 'wait' return {}"], gate: gate)
        let error = try await runtime.failure(
            """
            parallel { function() require "a" end, function() require "a" end, function() timeout(0.01, function() require "a" end) end }
            """
        )
        #expect(error?.code == "timeout")
    }
}
