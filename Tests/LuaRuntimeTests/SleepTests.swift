import LuaRuntime
import Synchronization
import Testing

/// A host that lets the machine wait itself when a script calls "sleep".
private final class SleepingHost: LuaHost {
    private let told = Mutex<[String]>([])
    let gate = Gate()

    var slept: [String] { told.withLock { $0 } }

    func perform(_ request: LuaRequest) async throws -> LuaValue {
        switch request.name {
        case "sleep": try await Task.sleep(for: .seconds(request.arguments.first?.number ?? 0))
        case "gate": try await gate.pass()
        case "note": told.withLock { $0.append(request.arguments.first?.string ?? "") }
        default: break
        }
        return .nil
    }

    func performNow(_ request: LuaRequest) -> LuaValue? {
        request.name == "double" ? request.arguments.first?.integer.map { .integer($0 * 2) } : nil
    }

    func plainSleep(_ request: LuaRequest) -> Double? {
        request.name == "sleep" ? request.arguments.first?.number : nil
    }

    func slept(_ seconds: Double, _ arguments: [LuaValue], thread: String, number: Int) {
        told.withLock { $0.append("\(thread)#\(number)") }
    }
}

@Suite(.timeLimit(.minutes(1))) struct SleepTests {
    private let host = SleepingHost()

    private func runtime() throws -> LuaRuntime { try LuaRuntime(host: host, modules: [.bare]) }

    @Test func `children that sleep wake in the order of their times, and the host is told`() async throws {
        let results = try await runtime().run(
            """
            local order = {}
            local function child(seconds, name)
              return function() call("sleep", seconds) order[#order + 1] = name return name end
            end
            local names = parallel { child(0.09, "c"), child(0.03, "a"), child(0.06, "b") }
            return table.concat(names), table.concat(order)
            """
        )
        #expect(results == ["cab", "abc"])
        #expect(host.slept == ["0.2#1", "0.3#1", "0.1#1"])
    }

    @Test func `thousands of children sleep at once, each in less than two kilobytes of the machine`() async throws {
        let runtime = try runtime()
        let results = try await runtime.run(
            """
            local children = {}
            for i = 1, 10000 do children[i] = function() call("sleep", 0.3) return i end end
            local results = parallel(children)
            return #results, results[10000]
            """
        )
        #expect(results == [10000, 10000])
        #expect(await runtime.memory.peak < 20_000_000)
    }

    @Test func `a failure wakes those that sleep, and they clean up before it is seen`() async throws {
        let failure = try await runtime().failure(
            """
            parallel {
              function() defer(function() call("note", "cleaned") end) call("sleep", 600) end,
              function() call("sleep", 0.01) error("broken", 0) end,
              function() call("gate") end,
            }
            """
        )
        #expect(failure?.message == "broken")
        #expect(host.slept == ["0.2#1", "cleaned"])
    }

    @Test func `a cancelled script wakes those that sleep`() async throws {
        let (runtime, host) = (try runtime(), host)
        let failure = try await withThrowingTaskGroup(of: LuaScriptError?.self) { group in
            group.addTask {
                try await runtime.failure(
                    """
                    local function child()
                      defer(function() call("sleep", 0.01) call("note", "cleaned") end)
                      call("sleep", 600)
                    end
                    parallel { child, child, function() call("gate") end }
                    """
                )
            }
            await host.gate.arrived(1)
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(failure?.kind == .cancelled)
        #expect(host.slept.count { $0 == "cleaned" } == 2)
    }

    @Test func `no more sleep at once than are allowed`() async throws {
        let results = try await runtime().run(
            """
            local running, most = 0, 0
            local function child()
              running = running + 1
              most = math.max(most, running)
              call("sleep", 0.01)
              running = running - 1
            end
            local children = {}
            for i = 1, 20 do children[i] = child end
            parallel(children, { limit = 3 })
            return most
            """
        )
        #expect(results == [3])
    }

    @Test func `a child that computes for long holds nobody up for ever and is not overtaken in a computation`()
        async throws
    {
        let results = try await runtime().run(
            """
            local held, overtaken = false, false
            local function child()
              if held then overtaken = true end
              held = true
              for _ = 1, 3000000 do end
              held = false
              call("sleep", 0.01)
            end
            parallel { child, child, child }
            return overtaken
            """
        )
        #expect(results == [false])
    }

    @Test func `what the host answers at once needs no wait, and no place`() async throws {
        #expect(try await runtime().run("return call('double', 21)") == [42])
        let failure = try await runtime().failure("table.sort({ 1, 2 }, function() return call('double', 1) end)")
        #expect(failure?.message.contains("waits") == true)
    }
}
