import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeferTests {
    private let record = Record()

    private func runtime() throws -> LuaRuntime {
        try LuaRuntime.scripted { [record] request in
            if request.name == "fail" { throw Refusal(reason: "failed") }
            await record.add(request.name)
            return .nil
        }
    }

    @Test func `deferred functions run in reverse, whatever happens`() async throws {
        let runtime = try runtime()
        #expect(
            try await runtime.run("defer(function() call 'a' end) defer(function() call 'b' end) return 5, nil") == [
                5, nil,
            ]
        )
        #expect(try await runtime.failure("defer(function() call 'c' end) call 'fail'")?.code == "refused")
        #expect(await record.entries == ["b", "a", "c"])
    }

    @Test func `they belong to the thread that deferred them`() async throws {
        _ = try await runtime().run(
            """
            defer(function() call "script" end)
            parallel { function()
              defer(function() call "child" end)
              coroutine.wrap(function() defer(function() call "from a coroutine" end) end)()
            end }
            call "after the child"
            """
        )
        #expect(await record.entries == ["from a coroutine", "child", "after the child", "script"])
    }

    @Test func `a deferred function may defer`() async throws {
        _ = try await runtime().run("defer(function() call 'a' defer(function() call 'b' end) end)")
        #expect(await record.entries == ["a", "b"])
    }

    @Test func `an error of a deferred function does not hide the first one`() async throws {
        let runtime = try runtime()
        let error = try await runtime.failure("defer(function() error('second') end) call 'fail'")
        #expect(error?.code == "refused")
        let suppressed = try await runtime.run(
            "local _, e = pcall(timeout, 60, function() defer(function() error('late') end) call 'fail' end) return e.suppressed"
        )
        #expect(suppressed == [["test.lua:1: late"]])
    }

    @Test func `an error of a deferred function fails what went well`() async throws {
        let runtime = try runtime()
        let error = try await runtime.failure(
            "defer(function() call 'still' end) defer(function() error('late') end) return 1"
        )
        #expect(error?.message == "late")
        #expect(await record.entries == ["still"])
    }
}
