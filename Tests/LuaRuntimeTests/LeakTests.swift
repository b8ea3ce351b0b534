import LuaRuntime
import Synchronization
import Testing

/// An object that knows how many of its kind are alive.
private final class Counted: Sendable {
    let alive: Alive

    init(_ alive: Alive) {
        self.alive = alive
        alive.count.add(1, ordering: .relaxed)
    }

    deinit { alive.count.subtract(1, ordering: .relaxed) }
}

private final class Alive: Sendable {
    let count = Atomic(0)
    var now: Int { count.load(ordering: .relaxed) }
}

private struct CountedError: Error {
    let object: Counted
}

@Suite(.timeLimit(.minutes(1))) struct LeakTests {
    private func runtime(_ alive: Alive) throws -> LuaRuntime {
        try LuaRuntime.scripted { request in
            let object = Counted(alive)
            defer { withExtendedLifetime(object) {} }
            if request.name == "fail" { throw CountedError(object: object) }
            if request.name == "fail later" {
                await Task.yield()
                throw CountedError(object: object)
            }
            return .string(request.name)
        }
    }

    private let loops = [
        "caught": "for i = 1, 5000 do pcall(call, 'fail', {i}) end",
        "caught after a suspension": "for i = 1, 2000 do pcall(call, 'fail later', {i}) end",
        "in coroutines": "for i = 1, 5000 do coroutine.resume(coroutine.create(function() call('fail') end)) end",
        "in wrapped coroutines": "for i = 1, 2000 do pcall(coroutine.wrap(function() call('fail') end)) end",
        "in threads":
            "for i = 1, 1000 do pcall(parallel, {function() call('fail') end, function() call('ok') end}) end",
        "under a time limit": "for i = 1, 1000 do pcall(timeout, 60, function() call('fail') end) end",
        "in closing handlers": """
        for i = 1, 2000 do pcall(function()
          local x <close> = setmetatable({}, {__close = function() call('fail') end})
          call('fail')
        end) end
        """,
    ]

    @Test(arguments: [
        "caught", "caught after a suspension", "in coroutines", "in wrapped coroutines", "in threads",
        "under a time limit",
        "in closing handlers",
    ])
    func `no object of the host outlives its error`(_ kind: String) async throws {
        let alive = Alive()
        let runtime = try runtime(alive)
        _ = try await runtime.run(#require(loops[kind]))
        await runtime.collectGarbage()
        #expect(alive.now == 0)
    }

    @Test func `errors are let go while a script runs on`() async throws {
        let alive = Alive()
        let runtime = try runtime(alive)
        _ = try await runtime.run("for i = 1, 20000 do pcall(call, 'fail', ('x'):rep(1000)) end call('ok')")
        #expect(alive.now < 5000)
    }

    @Test func `an error that ends the script lives as long as whoever holds it`() async throws {
        let alive = Alive()
        var runtime: LuaRuntime? = try runtime(alive)
        var error = try await runtime?.failure("call('fail')")
        #expect(error?.underlying is CountedError)
        runtime = nil
        #expect(alive.now == 1)
        error = nil
        #expect(alive.now == 0)
    }
}
