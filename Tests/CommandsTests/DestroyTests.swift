import FakeBackend
import Testing

struct DestroyTests {
    @Test func `destroy without a terminal needs yes`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["destroy"], on: backend)
        #expect(
            run.errors == """
                error: could not ask "Remove cluster shop with all of its data?": the input is not a terminal
                  give --yes to go on without being asked

                """
        )
        #expect(run.code == 2)
        #expect(await backend.held["shop"] != nil)
    }

    @Test(arguments: ["", "n", "no", "maybe"])
    func `destroy does nothing unless the answer is yes`(answer: String) async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let terminal = RecordingTerminal(isTerminal: true, answers: [answer])
        let run = await FakeRun(["destroy"], on: backend, terminal: terminal)
        #expect(run.errors.contains("Remove cluster shop with all of its data? [y/N] "))
        #expect(run.errors.hasSuffix("error: nothing was removed\n"))
        #expect(run.code == 1)
        #expect(await backend.held["shop"] != nil)
    }

    @Test(arguments: ["y", "Yes"])
    func `destroy removes everything when the answer is yes`(answer: String) async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let terminal = RecordingTerminal(isTerminal: true, answers: [answer])
        let run = await FakeRun(["destroy"], on: backend, terminal: terminal)
        #expect(run.code == 0)
        #expect(await backend.held["shop"] == nil)
    }

    @Test func `destroy keeps the volumes when asked to, and init brings them back`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["destroy", "--yes", "--keep-data"], on: backend)
        #expect(run.output.contains("state    removed, its data kept\n"))
        #expect(await backend.held["shop"]?.volumes.isEmpty == false)
        #expect(await backend.held["shop"]?.containers.isEmpty == true)
    }

    @Test func `a cluster that does not exist is not destroyed`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["destroy", "shoop", "--yes"], on: backend)
        #expect(run.code == 4)
        #expect(run.errors.hasPrefix("error: could not find cluster shoop: the engine holds shop\n"))
    }
}
