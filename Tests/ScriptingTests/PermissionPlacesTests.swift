import FakeBackend
import Scripting
import Simulation
import Testing

/// Wherever a script of the user's runs, it can be granted what it needs.
struct PermissionPlacesTests {
    private func run(_ words: String..., input: [String] = []) async throws -> FakeRun {
        let folder = try TemporaryFolder([
            "a.txt": "text", "x.lua": "return file.read('a.txt')", "pgbc/peek.lua": "return file.read('a.txt')",
            "pgbc/status.lua": "pgbc.args {} return file.read('a.txt')",
        ])
        return await FakeRun(
            words,
            on: try await FakeRun.engine(holding: Sample.shop),
            in: folder.folder,
            terminal: RecordingTerminal(answers: input),
            rehearsals: SimulatedRehearsals()
        )
    }

    @Test func `a script from the standard input`() async throws {
        let script = ["return file.read('a.txt')"]
        #expect(try await run("run", "--allow", "read=a.txt", "-", input: script).output == "text\n")
        #expect(try await run("run", "-", "--allow", "read=a.txt", input: script).output == "text\n")
        #expect(try await run("run", "-", input: script).code == 2)
    }

    @Test func `the prompt`() async throws {
        #expect(try await run("repl", "--allow", "read=a.txt", "-e", "file.read('a.txt')").output == "text\n")
        #expect(try await run("repl", "--allow", "read", input: ["file.read('a.txt')"]).output == "text\n")
        let refused = try await run("repl", "-e", "file.read('a.txt')")
        #expect(refused.errors.contains("--allow read=a.txt grants it"))
    }

    @Test func `a recipe of the user's as a verb, and one in the place of a verb's`() async throws {
        #expect(try await run("peek", "--allow", "read=a.txt").output == "text\n")
        #expect(try await run("peek").errors.contains("--allow read=a.txt grants it"))
        let replaced = try await run("status", "--allow", "read=a.txt")
        #expect(replaced.output == "text\n")
        #expect(replaced.errors.contains("using ./pgbc/status.lua instead of pgbc's own recipe"))
        #expect(try await run("peek", "--help").output.contains("--allow <permission>"))
    }

    @Test func `a dry run and a trial`() async throws {
        #expect(try await run("run", "x.lua", "--dry-run", "--allow", "read=a.txt").code == 0)
        #expect(try await run("test", "--runs", "0", "--allow", "read=a.txt", "x.lua").code == 0)
        let refused = try await run("test", "--runs", "0", "x.lua")
        #expect(refused.output.contains("this run may not"))
        #expect(refused.code == 1)
    }
}
