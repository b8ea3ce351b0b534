import ClusterModel
import FakeBackend
import Testing

@testable import Commands

struct InterruptTests {
    /// Runs a command line and cancels it once the condition holds.
    private func interrupted(
        _ words: [String],
        on backend: FakeBackend,
        in folder: TemporaryFolder,
        when condition: @escaping @Sendable (RecordingTerminal) -> Bool
    ) async -> FakeRun {
        let terminal = RecordingTerminal()
        return await withTaskGroup(of: FakeRun?.self) { group in
            group.addTask { await FakeRun(words, on: backend, in: folder.folder, terminal: terminal) }
            group.addTask {
                // Bounded: the run itself ends the wait when the condition never comes.
                while !condition(terminal), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(2)) }
                return nil
            }
            _ = await group.next()
            group.cancelAll()
            var run: FakeRun?
            for await found in group { run = found ?? run }
            return run ?? FakeRun(code: -1, output: "", errors: "ended before it was interrupted")
        }
    }

    @Test func `an interrupted script cleans up`() async throws {
        let folder = try TemporaryFolder([
            "x.lua": "defer(function() sleep(0.001) print('cleaned') end) print('begun') sleep(600)"
        ])
        let run = await interrupted(["run", "x.lua"], on: FakeBackend(), in: folder) { $0.output.contains("begun") }
        #expect(run.output == "begun\ncleaned\n")
        #expect(run.errors == "error: interrupted\n")
        #expect(run.code == 130)
    }

    @Test func `an endless loop is interrupted`() async throws {
        let folder = try TemporaryFolder(["x.lua": "print('begun') while true do end"])
        let run = await interrupted(["run", "x.lua"], on: FakeBackend(), in: folder) { $0.output.contains("begun") }
        #expect(run.errors == "error: interrupted\n")
        #expect(run.code == 130)
    }

    @Test func `an interrupted init says that it can be completed, and is`() async throws {
        let folder = try TemporaryFolder(["cluster.lua": Sample.shop])
        let backend = FakeBackend()
        await backend.hang("seed:lb1")
        let run = await interrupted(["init", "-v"], on: backend, in: folder) {
            $0.errors.contains("begin    begin to initialise")
        }
        #expect(run.errors.hasSuffix("error: interrupted; the same command completes what was begun\n"))
        #expect(run.code == 130)
        await backend.mend()
        #expect(await FakeRun(["init"], on: backend, in: folder.folder).code == 0)
        #expect(await FakeRun(["status", "--check"], on: backend, in: folder.folder).code == 0)
    }

    @Test func `an interrupted add-replica names what adds no further one`() async throws {
        let folder = try TemporaryFolder()
        let backend = try await FakeRun.engine(holding: Sample.shop)
        await backend.hang("streaming:lb1:2")
        let run = await interrupted(["add-replica", "-v"], on: backend, in: folder) {
            $0.errors.contains("begin    wait until lb1-replica2 streams")
        }
        #expect(run.errors.hasSuffix("error: interrupted; pgbc apply shop completes what was begun\n"))
        await backend.mend()
        #expect(await FakeRun(["apply", "shop"], on: backend).code == 0)
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.map(\.id) == [1, 2])
    }
}
