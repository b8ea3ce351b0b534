import ClusterModel
import FakeBackend
import Orchestration
import Scripting
import Testing

struct ResumeTests {
    private let growing = """
        local lb = pgbc.cluster():balancer("lb1")
        local before = time()
        lb:add_replica(1)
        local die = random(1, 1000000)
        lb:add_replica(2)
        lb:remove_replica(1)
        assert(time() >= before)
        return { replicas = #lb:replicas(), die = die }
        """

    @Test func `a run that is killed at any byte of its journal ends as if it had not been`() async throws {
        let run = JournaledRun(growing)
        let whole = MemoryJournalStore()
        let expected = try await run.run(on: try await FakeRun.engine(holding: Sample.shop), store: whole)
        #expect(expected["replicas"] == 3)
        for length in stride(from: 1, through: whole.bytes.count, by: 23) {
            let engine = try await FakeRun.engine(holding: Sample.shop)
            let bytes = await run.runUntilKilled(after: length, on: engine)
            let store = MemoryJournalStore(bytes)
            if (try? RunJournal(resuming: MemoryJournalStore(bytes))) == nil {
                #expect(await engine.wantedReplicas == 1, "nothing is done before the journal has begun (\(length))")
                continue
            }
            let result = try await run.resume(on: engine, store: store)
            #expect(result == expected, "killed after \(length) bytes")
            #expect(await engine.wantedReplicas == 3, "killed after \(length) bytes")
        }
    }

    @Test func `a journal that is cut anywhere gives the records before the cut`() async throws {
        let store = MemoryJournalStore()
        _ = try await JournaledRun("journal('a') journal('b') return 1").run(on: FakeBackend(), store: store)
        let bytes = store.bytes
        let first = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        for length in 0...bytes.count {
            let cut = MemoryJournalStore(Array(bytes.prefix(length)))
            if length <= first {
                #expect(throws: ClusterError.self) { try RunJournal(resuming: cut) }
            } else {
                #expect(throws: Never.self) { try RunJournal(resuming: cut) }
            }
        }
    }

    @Test func `a journal with a byte changed goes no further than the record before it`() async throws {
        let store = MemoryJournalStore()
        _ = try await JournaledRun("journal('a') journal('b') return 1").run(on: FakeBackend(), store: store)
        var bytes = store.bytes
        bytes[bytes.count - 5] ^= 1
        let damaged = MemoryJournalStore(bytes)
        _ = try RunJournal(resuming: damaged)
        #expect(String(decoding: damaged.bytes, as: UTF8.self).contains("journal"))
        #expect(!String(decoding: damaged.bytes, as: UTF8.self).contains("ended"))
    }

    @Test func `a run that failed goes on with what failed`() async throws {
        let run = JournaledRun(
            "local lb = pgbc.cluster():balancer() lb:add_replica(1) lb:exec('true') lb:add_replica(1) return #lb:replicas()"
        )
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let second = MemoryJournalStore()
        let steps = try await run.stepsOfLastChange(on: try await FakeRun.engine(holding: Sample.shop))
        await engine.fail(steps)
        await #expect(throws: ScriptError.self) { try await run.run(on: engine, store: second) }
        await engine.mend()
        #expect(try await run.resume(on: engine, store: second) == 3)
        #expect(await engine.asked.count { $0.hasSuffix("true") } == 1)
    }

    @Test func `a script that takes another way than before is told so`() async throws {
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let store = MemoryJournalStore()
        _ = try await JournaledRun("pgbc.cluster():balancer():scale(2)").run(on: engine, store: store)
        let other = JournaledRun("pgbc.cluster():balancer():scale(3)")
        let error = await #expect(throws: ScriptError.self) { try await other.resume(on: engine, store: store) }
        #expect(
            error?.description.contains("the script took another way than before: request 0#3 was balancer.scale")
                == true
        )
        #expect(await engine.wantedReplicas == 2)
    }

    @Test func `a cluster that somebody has changed in between is told of before anything is done`() async throws {
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let store = MemoryJournalStore()
        let run = JournaledRun("local lb = pgbc.cluster():balancer() lb:scale(2) lb:scale(3)")
        _ = try await run.run(on: engine, store: store)
        _ = await FakeRun(["scale", "--cluster", "shop", "--balancer", "lb1", "--replicas", "0"], on: engine)
        let error = await #expect(throws: ClusterError.self) { try await run.resume(on: engine, store: store) }
        #expect(error?.message == "somebody has changed what the run left")
        #expect(error?.details.isEmpty == false)
    }

    @Test func `a program of which nobody knows whether it ran is not run again unasked`() async throws {
        let run = JournaledRun("pgbc.cluster():balancer():exec('true')")
        let whole = MemoryJournalStore()
        _ = try await run.run(on: try await FakeRun.engine(holding: Sample.shop), store: whole)
        let lines = String(decoding: whole.bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let asked = try #require(lines.firstIndex { $0.contains(#""kind":"asked""#) })
        let cut = Array(lines[...asked].joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let refused = await #expect(throws: ScriptError.self) {
            try await run.resume(on: engine, store: MemoryJournalStore(cut))
        }
        #expect(refused?.description.contains("nothing tells whether it happened") == true)
        #expect(await engine.asked.isEmpty)
        _ = try await run.resume(on: engine, store: MemoryJournalStore(cut), doubt: .skip)
        #expect(await engine.asked.isEmpty)
        _ = try await run.resume(on: engine, store: MemoryJournalStore(cut), doubt: .repeat)
        #expect(await engine.asked.count == 1)
    }

    @Test func `coroutines get their old answers whatever the order in which they ask`() async throws {
        let run = JournaledRun(
            """
            local order = {}
            local results = map({ 3, 1, 2 }, function(n)
              sleep(n / 200)
              order[#order + 1] = n
              return random(1, 1000000)
            end)
            pgbc.cluster():balancer():exec("true")
            return { order = order, results = results }
            """
        )
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let store = MemoryJournalStore()
        let expected = try await run.run(on: engine, store: store)
        for _ in 1...20 {
            let copy = MemoryJournalStore(store.bytes)
            #expect(try await run.resume(on: engine, store: copy) == expected)
        }
    }

    @Test func `a time limit that was reached is reached again, at the same place`() async throws {
        let run = JournaledRun(
            """
            local done = 0
            local ok, problem = pcall(timeout, 0.05, function()
              for i = 1, 3 do journal(i) done = done + 1 end
              sleep(60)
              done = 100
            end)
            pgbc.cluster():balancer():exec("true")
            return { ok = ok, code = problem.code, done = done }
            """
        )
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let store = MemoryJournalStore()
        let expected = try await run.run(on: engine, store: store)
        #expect(expected == ["code": "timeout", "done": 3, "ok": false])
        #expect(try await run.resume(on: engine, store: MemoryJournalStore(store.bytes)) == expected)
    }
}

extension JournaledRun {
    /// A step that only the last change of the script takes.
    fileprivate func stepsOfLastChange(on engine: FakeBackend) async throws -> String {
        _ = try await run(on: engine, store: MemoryJournalStore())
        return try #require(await engine.performed.last { $0.contains("replica3") })
    }
}
