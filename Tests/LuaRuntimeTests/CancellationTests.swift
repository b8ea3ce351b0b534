import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    private let gate = Gate()
    private let record = Record()

    private func runtime(cleanup: Duration = .seconds(30)) throws -> LuaRuntime {
        try LuaRuntime.scripted(limits: LuaLimits(cleanup: cleanup)) { [gate, record] request in
            switch request.name {
            case "hang": try await gate.pass()
            case "suspend":
                for _ in 0..<20 { await Task.yield() }
                try Task.checkCancellation()
                await record.add(request.arguments.first?.string ?? "suspended")
            default: await record.add(request.name)
            }
            return .nil
        }
    }

    /// Runs the script, cancels it when that many requests hang, and gives its results or its error.
    private func cancel(_ runtime: LuaRuntime, _ source: String, after count: Int = 1) async -> Result<
        [LuaValue], any Error
    > {
        await withTaskGroup(of: Result<[LuaValue], any Error>.self) { group in
            group.addTask {
                do { return .success(try await runtime.run(source)) } catch { return .failure(error) }
            }
            await gate.arrived(count)
            group.cancelAll()
            return await group.next() ?? .success([])
        }
    }

    @Test func `a waiting script sees an error and may wait while it cleans up`() async throws {
        let runtime = try runtime()
        let result = await cancel(
            runtime,
            """
            defer(function() call("suspend", "deferred") end)
            local x <close> = setmetatable({}, {__close = function(_, e) call("suspend", "closed after " .. e.code) end})
            local ok, e = pcall(call, "hang")
            call("suspend", "caught " .. e.code)
            parallel { function() call("suspend", "child") end }
            error(e)
            """
        )
        let error = #expect(throws: LuaScriptError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
        #expect(error?.underlying is CancellationError)
        #expect(error?.location == "test.lua:3")
        #expect(await record.entries == ["caught cancelled", "child", "closed after cancelled", "deferred"])
    }

    @Test func `a script may catch the cancellation and end well`() async throws {
        let result = await cancel(try runtime(), "pcall(call, 'hang') call 'tidy' return 'done'")
        #expect(try result.get() == ["done"])
        #expect(await record.entries == ["tidy"])
    }

    @Test func `all threads of a script are cancelled`() async throws {
        let result = await cancel(
            try runtime(),
            """
            local function one()
              local ok, e = pcall(call, "hang")
              call(e.code)
            end
            parallel { one, function() timeout(600, one) end, coroutine.wrap(one) }
            """,
            after: 3
        )
        #expect(throws: Never.self) { try result.get() }
        #expect(await record.entries == ["cancelled", "cancelled", "cancelled"])
    }

    @Test func `a thread that caught the cancellation is not told twice`() async throws {
        let result = await cancel(
            try runtime(),
            """
            local ok, e = pcall(parallel, { function() call "hang" end })
            call(e.code)
            call "still running"
            return "done"
            """
        )
        #expect(try result.get() == ["done"])
        #expect(await record.entries == ["cancelled", "still running"])
    }

    @Test func `a loop that never waits is interrupted`() async throws {
        let runtime = try LuaRuntime.scripted { [gate] _ in
            Task.isCancelled
                ? .nil
                : try await {
                    try await gate.pass(); return .nil
                }()
        }
        await gate.open()
        let result = await cancel(runtime, "call 'begun' local n = 0 while true do n = n + 1 end")
        let error = #expect(throws: LuaScriptError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
        #expect(error?.location == "test.lua:1")
    }

    @Test func `a loop that catches every error ends with the time to clean up`() async throws {
        let result = await cancel(
            try runtime(cleanup: .milliseconds(50)),
            "while true do pcall(call, 'hang') pcall(function() while true do end end) end"
        )
        let error = #expect(throws: LuaScriptError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
    }

    @Test func `clean-up that waits for ever ends with its time`() async throws {
        let result = await cancel(
            try runtime(cleanup: .milliseconds(50)),
            """
            defer(function() call "hang" end)
            defer(function() parallel { function() call "hang" end, function() timeout(600, function() call "hang" end) end } end)
            call "hang"
            """
        )
        let error = #expect(throws: LuaScriptError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
    }

    @Test func `a run of a cancelled task asks the host for nothing`() async throws {
        let runtime = try runtime()
        let result = await withTaskGroup(of: Result<[LuaValue], any Error>.self) { group in
            group.cancelAll()
            group.addTask {
                do { return .success(try await runtime.run("call 'x'")) } catch { return .failure(error) }
            }
            return await group.next() ?? .success([])
        }
        let error = #expect(throws: LuaScriptError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
        #expect(await record.entries == [])
    }

    @Test func `the machine works on after a cancelled run`() async throws {
        let runtime = try runtime()
        _ = await cancel(runtime, "call 'hang'")
        #expect(try await runtime.run("call 'x' return 1") == [1])
    }
}
