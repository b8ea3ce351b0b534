import FakeBackend
import Scripting
import Simulation
import Testing

struct WordCheckTests {
    @Test(
        arguments: [
            "return 1", "-- pgbc.args {} in a comment\nreturn 1", "log('working...') return 1",
            "--[==[ pgbc.args ]] ... ]==]\nreturn [[...]]", #"log("a \" -- ...") return 1"#,
        ]
    )
    func `words behind a script that reads none are refused`(script: String) async throws {
        let run = try await FakeRun(script: script, ["--instructions", "10", "foo"])
        #expect(run.errors.hasPrefix("error: unexpected argument '--instructions'; the script takes none"))
        #expect(run.errors.contains("options of pgbc itself stand before the script"))
        #expect(run.code == 2)
    }

    @Test(arguments: [
        "return ...", "return (select(1, ...))",
        "return pgbc.args { w = { positional = true } }.w", "return pgbc['args'] { w = { positional = true } }.w",
    ])
    func `words that a script reads are its own`(script: String) async throws {
        let run = try await FakeRun(script: script, ["foo"])
        #expect(run.output == "foo\n")
        #expect(run.code == 0)
    }

    @Test func `words may be read by a module, and are refused before the first change when it does not`() async throws
    {
        let folder = try TemporaryFolder([
            "reads.lua": "return pgbc.args { w = { positional = true } }", "does_not.lua": "return {}",
            "a.lua": "return require('reads').w",
            "b.lua": "require('does_not') file.write('out.txt', 'x')",
            "c.lua": "require('does_not') return 1",
        ])
        #expect(await FakeRun(["run", "a.lua", "foo"], in: folder.folder).output == "foo\n")
        for script in ["b.lua", "c.lua"] {
            let run = await FakeRun(["run", "--allow", "write", script, "foo"], in: folder.folder)
            #expect(run.code == 2)
            #expect(run.errors.contains("unexpected argument 'foo'"))
        }
        #expect(throws: (any Error).self) { try folder.read("out.txt") }
    }

    @Test func `a trial of such a script does not begin`() async throws {
        let folder = try TemporaryFolder(["x.lua": "return 1"])
        let run = await FakeRun(["test", "x.lua", "foo"], in: folder.folder, rehearsals: SimulatedRehearsals())
        #expect(run.errors.contains("unexpected argument 'foo'"))
        #expect(run.code == 2)
    }

    @Test func `help is shown all the same`() async throws {
        let run = try await FakeRun(script: "return 1", ["--help"])
        #expect(run.code == 0)
    }
}
