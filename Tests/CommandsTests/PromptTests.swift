import FakeBackend
import Orchestration
import Testing

@testable import Commands
@testable import Scripting

struct PromptTests {
    private func feed(_ lines: String..., options: [String] = []) async throws -> FakeRun {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        return await FakeRun(["repl"] + options, on: backend, terminal: RecordingTerminal(answers: lines))
    }

    @Test func `lines of the input are run, and a statement may go on in the next`() async throws {
        let run = try await feed("x = 20", "for i = 1, 2 do", "x = x + i", "end", "x", "_ * 2", "{ a = 1,", "b = 2 }")
        #expect(run.output == "23\n46\na  1\nb  2\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test func `an error is told, the session goes on, and the exit code says that there was one`() async throws {
        let run = try await feed("kept = 1", "error('boom')", "kept")
        #expect(run.output == "1\n")
        #expect(run.errors == "error: prompt:1: boom\n")
        #expect(run.code == 1)
    }

    @Test func `what waits for the engine just works, and objects show their names`() async throws {
        let run = try await feed(
            "pgbc.cluster():nodes()",
            "lb = pgbc.cluster():balancer()",
            "lb",
            "lb:scale(2)",
            "#lb:replicas()"
        )
        #expect(run.output.hasPrefix("node lb1-primary\nnode lb1-replica1\nlb lb1\n"))
        #expect(run.output.hasSuffix("\n2\n"))
    }

    @Test func `rows are shown as a table, null as an empty cell`() async throws {
        let run = try await feed("pgbc.cluster():node('lb1-primary'):query('select 1')")
        #expect(run.output == "ID  NAME  NOTE\n 1  one\n 2  two   x\n")
    }

    @Test func `code from the command line`() async throws {
        let run = try await feed(options: ["-e", "x = 2", "-e", "return x, 'a'"])
        #expect(run.output == "2\na\n")
        let wrong = try await feed(options: ["-e", "x ="])
        #expect(wrong.code == 1)
        #expect(wrong.errors == "error: the input ends in the middle of a statement\n")
        let json = try await feed(options: ["--json", "-e", "return { a = 1 }"])
        #expect(json.output == #"{"a":1}"# + "\n")
    }

    @Test func `commands begin with a dot`() async throws {
        let run = try await feed(".help lb:scale", ".recipes", ".nothing", ".quit", "1")
        #expect(run.output.hasPrefix("lb:scale(replicas)\n"))
        #expect(run.output.contains("add-replica"))
        #expect(run.errors.contains("there is no command .nothing"))
        #expect(!run.output.contains("\n1\n"))
    }

    @Test func `completion knows globals, fields, methods and what calls return`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let runner = ScriptRunner(orchestrator: .init(backend: backend, events: SilentSink()))
        let prompt = try ScriptPrompt(runner, ScriptStart(command: "test"))
        _ = try await prompt.run("shop = pgbc.cluster('shop')")
        _ = try await prompt.run("mine = { colour = 1 }")
        let complete = PromptCompletion(names: await prompt.names(), results: LibraryReference().kinds)
        #expect(complete("conf").insertion == "irm")
        #expect(complete("mine.c").insertion == "olour")
        #expect(complete("shop:des").insertion == "troy")
        #expect(complete("print(shop:balancer('lb1'):prim").insertion == "ary")
        #expect(complete("shop:balancer('lb1'):primary():tim").insertion == "eline")
        #expect(complete("pgbc.cluster").choices == ["cluster", "clusters"])
        #expect(complete(".rec").insertion == "ipes")
        #expect(complete("whi").insertion == "le")
        #expect(complete("__re") == Completion())
        #expect(complete("nothing:") == Completion())
    }
}
