import FakeBackend
import Foundation
import Scripting
import Testing

struct PermissionTests {
    @Test(
        arguments: [
            (
                "local text = file.read('a.txt')",
                "could not read a.txt: this run may not\n  --allow read=a.txt grants it"
            ),
            ("file.write('b.txt', 'x')", "could not write b.txt: this run may not\n  --allow write=b.txt grants it"),
            ("run('true')", "could not run true: this run may not\n  --allow run=true grants it"),
            (
                "local home = env('HOME')",
                "could not read the variable HOME: this run may not\n  --allow env=HOME grants it"
            ),
        ]
    )
    func `what was not granted is refused with the flag that grants it`(script: String, message: String) async throws {
        let run = try await FakeRun(script: script)
        #expect(run.errors == "error: x.lua:1: \(message)\n")
        #expect(run.code == 2)
    }

    @Test func `what was granted can be done, and nothing beside it`() async throws {
        let folder = try TemporaryFolder([
            "in/a.txt": "text", "secret.txt": "no",
            "x.lua": """
            file.write("out/b.txt", file.read("in/a.txt") .. "!")
            file.append("out/b.txt", "?")
            local echo = run("echo", { "one", 2 })
            return { echo = echo.output, code = echo.exit_code, list = file.list("in"), there = file.exists("in/none") }
            """,
            "y.lua": "return file.read('in/../secret.txt')",
            "out/.keep": "",
        ])
        let options = ["run", "--allow", "read=in,run=echo", "--allow", "write=out"]
        let done = await FakeRun(options + ["--json", "x.lua"], in: folder.folder)
        #expect(done.output.contains(#"{"code":0,"echo":"one 2\n","list":["a.txt"],"there":false}"#))
        #expect(try folder.read("out/b.txt") == "text!?")
        let refused = await FakeRun(options + ["y.lua"], in: folder.folder)
        #expect(refused.errors.contains("--allow read=in/../secret.txt grants it"))
    }

    @Test func `a program need not read what it was given`() async throws {
        let script = "return run('true', {}, { input = string.rep('x', 1000000) }).exit_code"
        let run = try await FakeRun(script: script, options: ["--allow", "run=true", "--json"])
        #expect(run.output.contains("0"))
        #expect(run.errors == "")
    }

    @Test func `a program that is not there is named`() async throws {
        let run = try await FakeRun(script: "run('no-such-program')", options: ["--allow", "run=no-such-program"])
        #expect(run.errors.contains("could not run no-such-program:"))
        #expect(run.errors.contains("is it installed, and on the path?"))
        #expect(run.code == 1)
    }

    @Test func `a link does not lead out of what was granted`() async throws {
        let folder = try TemporaryFolder([
            "in/a.txt": "text", "secret.txt": "no", "x.lua": "return file.read('in/link')",
        ])
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/in/link",
            withDestinationPath: "\(folder.path)/secret.txt"
        )
        let run = await FakeRun(["run", "--allow", "read=in", "x.lua"], in: folder.folder)
        #expect(run.code == 2)
    }

    @Test func `a link to a file that does not exist yet does not lead out either`() async throws {
        let folder = try TemporaryFolder(["in/a.txt": "text", "x.lua": "file.append('in/link', 'text')"])
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/in/link", withDestinationPath: "../new.txt")
        let run = await FakeRun(["run", "--allow", "write=in", "x.lua"], in: folder.folder)
        #expect(run.code == 2)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/new.txt"))
        let allowed = await FakeRun(["run", "--allow", "write=new.txt", "x.lua"], in: folder.folder)
        #expect(allowed.code == 0, "\(allowed.errors)")
    }

    @Test func `a permission that does not exist is refused with the nearest`() async throws {
        let run = try await FakeRun(script: "return 1", options: ["--allow", "raed=x"])
        #expect(run.errors.contains("did you mean read=…?"))
    }
}
