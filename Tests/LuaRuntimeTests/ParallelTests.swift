import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(1))) struct ParallelTests {
    @Test func `results come in the order of the functions`() async throws {
        let gate = Gate()
        let runtime = try LuaRuntime.scripted { request in
            if request.arguments == [1] { try await gate.pass() }
            if request.arguments == [3] { await gate.open() }
            return request.arguments[0]
        }
        let results = try await runtime.run(
            """
            local r = parallel {
              function() return call("x", 1) end, function() return call("x", 2) end, function() return call("x", 3) end,
            }
            return r, parallel {}
            """
        )
        #expect(results == [[1, 2, 3], .table(LuaTable())])
    }

    @Test func `the first failure cancels the others and waits for them`() async throws {
        let (gate, record) = (Gate(), Record())
        let runtime = try LuaRuntime.scripted { request in
            switch request.name {
            case "fail":
                await gate.arrived(2)
                throw Refusal(reason: "first")
            case "hang": try await gate.pass()
            default: await record.add(request.name)
            }
            return .nil
        }
        let results = try await runtime.run(
            """
            local function waits()
              local x <close> = setmetatable({}, {__close = function() call "closed" end})
              call "hang"
            end
            local ok, e = pcall(parallel, { waits, function() call "fail" end, waits })
            call "after"
            return ok, e.code, e.message
            """
        )
        #expect(results == [false, "refused", "first"])
        #expect(await record.entries == ["closed", "closed", "after"])
    }

    @Test func `no more run at once than the limit says`() async throws {
        let record = Record()
        let runtime = try LuaRuntime.scripted { request in
            await record.begin()
            for _ in 0..<10 { await Task.yield() }
            await record.end()
            return request.arguments[0]
        }
        let results = try await runtime.run(
            """
            local list = {}
            for i = 1, 50 do list[i] = function() return call("x", i) end end
            local sum = 0
            for _, v in ipairs(parallel(list, {limit = 3})) do sum = sum + v end
            return sum
            """
        )
        #expect(results == [1275])
        #expect(await record.mostAtOnce <= 3)
    }

    @Test func `with a limit, what has not begun is not begun after a failure`() async throws {
        let record = Record()
        let runtime = try LuaRuntime.scripted { request in
            await record.add(request.name)
            if request.name == "2" { throw Refusal(reason: "second") }
            return .nil
        }
        let error = try await runtime.failure(
            "local l = {} for i = 1, 9 do l[i] = function() call(tostring(i)) end end parallel(l, {limit = 1})"
        )
        #expect(error?.message == "second")
        #expect(await record.entries == ["1", "2"])
    }

    @Test func `values go between threads as they are`() async throws {
        let results = try await LuaRuntime.scripted().run(
            """
            local key = {}
            local f = parallel { function() return function() return key end end }[1]
            local ok, e = pcall(parallel, { function() parallel { function() error(key) end } end })
            return f() == key, not ok and e == key
            """
        )
        #expect(results == [true, true])
    }

    @Test(arguments: [
        ("parallel(1)", "table expected"), ("parallel {1}", "item 1 is not a function but a number"),
        ("parallel({}, {limit = 0})", "at least 1"), ("parallel({}, 1)", "table expected"),
        ("timeout('x', print)", "number expected"), ("timeout(-1, print)", "at least 0"),
        ("timeout(1)", "is not a function"), ("defer(1)", "is not a function"),
    ])
    func `a wrong argument is refused`(_ source: String, _ message: String) async throws {
        let error = try await LuaRuntime.scripted().failure(source)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `ten thousand coroutines wait at once`() async throws {
        let gate = Gate()
        let runtime = try LuaRuntime.scripted { request in
            try await gate.pass()
            return request.arguments[0]
        }
        async let results = runtime.run(
            """
            local list = {}
            for i = 1, 10000 do list[i] = function() return call("x", i) end end
            local r = parallel(list)
            return #r, r[1], r[10000]
            """
        )
        await gate.arrived(10_000)
        let memory = await runtime.memory
        await gate.open()
        #expect(try await results == [10_000, 1, 10_000])
        #expect(memory.used < 32 << 20)
    }

    @Test func `a thread that computes lets other tasks run, but no thread of its script`() async throws {
        let outside = Gate()
        async let waiting: () = outside.pass()
        async let opened: () = outside.open()
        let results = try await LuaRuntime.scripted().run(
            """
            local n, torn = 0, false
            local function adds()
              for i = 1, 300000 do
                local before = n
                for j = 1, 5 do n = n + 1 end
                if n ~= before + 5 then torn = true end
              end
              call "x"
            end
            parallel { adds, adds, adds }
            return n, torn
            """
        )
        #expect(results == [4_500_000, false])
        _ = try await (waiting, opened)
    }
}
