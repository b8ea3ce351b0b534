import LuaRuntime
import Testing

/// A host with a clock of its own, that is always past any limit but one of a hundred seconds.
private struct FastClock: LuaHost {
    let answer: @Sendable (LuaRequest) async throws -> LuaValue

    func perform(_ request: LuaRequest) async throws -> LuaValue { try await answer(request) }

    func sleep(seconds: Double, path: String) async throws {
        if seconds >= 100 { try await Task.sleep(for: .seconds(600)) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TimeoutTests {
    @Test func `a function that is quick enough gives all its results`() async throws {
        let results = try await LuaRuntime.scripted().run(
            "return timeout(60, function() return 1, nil, call('x'), 'd' end)"
        )
        #expect(results == [1, nil, nil, "d"])
    }

    @Test func `what takes too long is cancelled, and cleans up, before the error is raised`() async throws {
        let record = Record()
        let runtime = try LuaRuntime.scripted { request in
            if request.name == "hang" { return try await hang() }
            await record.add(request.name)
            return .nil
        }
        let results = try await runtime.run(
            """
            local ok, e = pcall(timeout, 0.01, function()
              defer(function() call "deferred" end)
              local ok, e = pcall(call, "hang")
              call(e.code)
            end)
            call "after"
            return ok, e.code, e.primitive, tostring(e)
            """
        )
        #expect(results == [false, "timeout", "timeout", "test.lua:1: timed out after 0.01 s"])
        #expect(await record.entries == ["cancelled", "deferred", "after"])
    }

    @Test func `an error within the limit is raised as it is`() async throws {
        let runtime = try LuaRuntime.scripted { _ in throw Refusal(reason: "no") }
        #expect(try await runtime.failure("timeout(60, function() call 'x' end)")?.code == "refused")
    }

    @Test func `limits follow the host's clock`() async throws {
        let host = FastClock { request in request.name == "hang" ? try await hang() : 1 }
        let runtime = try LuaRuntime(host: host, modules: [.bare])
        let results = try await runtime.run(
            """
            return select(2, pcall(timeout, 99, function() call "hang" end)).code,
              timeout(100, function() return call "quick" end)
            """
        )
        #expect(results == ["timeout", 1])
    }

    @Test func `a loop that never waits is stopped by the limit`() async throws {
        let error = try await LuaRuntime.scripted().failure("timeout(0.01, function() while true do end end)")
        #expect(error?.code == "timeout")
    }

    @Test func `the inner of two limits is reached first`() async throws {
        let runtime = try LuaRuntime.scripted { _ in try await hang() }
        let results = try await runtime.run(
            """
            return timeout(60, function()
              local ok, e = pcall(timeout, 0.01, function() call "hang" end)
              return e.code, e.seconds
            end)
            """
        )
        #expect(results == ["timeout", 0.01])
    }
}
