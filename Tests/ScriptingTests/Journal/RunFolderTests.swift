import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import Scripting
import Testing

struct RunFolderTests {
    /// What a user has: a folder with scripts, and a place for the state of programs.
    private struct User {
        let folder: TemporaryFolder
        let engine: FakeBackend

        init(_ script: String) async throws {
            folder = try TemporaryFolder(["x.lua": script])
            engine = try await FakeRun.engine(holding: Sample.shop)
        }

        var runs: String { "\(folder.path)/state/pgbc/runs" }

        func pgbc(_ words: String...) async -> FakeRun { await pgbc(words) }

        func pgbc(_ words: [String]) async -> FakeRun {
            let state = "\(folder.path)/state"
            let terminal = RecordingTerminal(environment: ["NO_COLOR": "1", "XDG_STATE_HOME": state])
            return await FakeRun(words, on: engine, in: folder.folder, terminal: terminal)
        }
    }

    @Test func `a run that changes nothing leaves nothing behind`() async throws {
        let user = try await User("return pgbc.cluster():status().cluster")
        #expect(await user.pgbc("run", "x.lua").output == "shop\n")
        #expect(await user.pgbc("status", "shop").code == 0)
        #expect(!FileManager.default.fileExists(atPath: user.runs))
    }

    @Test func `a run that changes something is kept where only its user can read it`() async throws {
        let user = try await User("pgbc.cluster():balancer():scale(2)")
        #expect(await user.pgbc("run", "x.lua").code == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: user.runs)
        #expect(files.count == 1)
        let folder = try FileManager.default.attributesOfItem(atPath: user.runs)
        let file = try FileManager.default.attributesOfItem(atPath: "\(user.runs)/\(files[0])")
        #expect(folder[.posixPermissions] as? Int == 0o700)
        #expect(file[.posixPermissions] as? Int == 0o600)
        let list = await user.pgbc("runs", "--json")
        #expect(list.output.contains(#""command":"pgbc run x.lua""#))
        #expect(list.output.contains(#""state":"done""#))
    }

    @Test func `a session at the prompt that changes something is kept with what was typed, and cannot be resumed`()
        async throws
    {
        let user = try await User("")
        let inputs = ["lb = pgbc.cluster():balancer()", "lb:scale(2)", "error('typo')", "-- password 'x'"]
        #expect(await user.pgbc(["repl"] + inputs.flatMap { ["-e", $0] }).code == 1)
        let list = await user.pgbc("runs", "--json")
        #expect(list.output.contains(#""command":"pgbc repl","arguments":"","state":"done""#))
        let shown = await user.pgbc("runs", "show", "last")
        #expect(shown.output.contains("> lb = pgbc.cluster():balancer()"))
        #expect(shown.output.contains("shop/lb1: lb:scale(2)"))
        let resumed = await user.pgbc("resume", "last")
        #expect(resumed.code == 2)
        #expect(
            resumed.errors.contains("it was a session at the prompt (pgbc repl), which has no script to go on with")
        )
    }

    @Test func `a session that only looks leaves nothing behind`() async throws {
        let user = try await User("")
        #expect(await user.pgbc("repl", "-e", "pgbc.cluster():status().cluster").code == 0)
        #expect(!FileManager.default.fileExists(atPath: user.runs))
    }

    @Test func `a failed run names the command that goes on with it, and that does what is missing`() async throws {
        let user = try await User("print('once') local lb = pgbc.cluster():balancer() lb:add_replica() print('twice')")
        await user.engine.fail("start:shop_lb1_replica2")
        let failed = await user.pgbc("run", "x.lua")
        #expect(failed.output == "once\n")
        #expect(failed.code == 1)
        await user.engine.mend()
        let resumed = await user.pgbc("resume", "last")
        #expect(resumed.output == "twice\n")
        #expect(await user.engine.wantedReplicas == 2)
        let again = await user.pgbc("resume", "last")
        #expect(again.code == 2)
        #expect(again.errors.contains("it has reached its end"))
    }

    @Test func `a script that has changed is not gone on with unless as it was`() async throws {
        let user = try await User("pgbc.cluster():balancer():add_replica() return 'old'")
        await user.engine.fail("start:shop_lb1_replica2")
        _ = await user.pgbc("run", "x.lua")
        await user.engine.mend()
        try user.folder.write("return 'new'", to: "x.lua")
        let refused = await user.pgbc("resume", "last")
        #expect(refused.code == 5)
        #expect(refused.errors.contains("x.lua has changed since"))
        #expect(await user.pgbc("resume", "last", "--recorded").output == "old\n")
    }

    @Test func `what a run asked for is shown without its secrets`() async throws {
        let user = try await User(
            """
            local lb = pgbc.cluster():balancer()
            lb:scale(2)
            lb:query("alter role app password 'top secret'", { write = true })
            lb:query("ALTER ROLE app PASSWORD 'TOP SECRET'", { write = true })
            return #lb:dsn()
            """
        )
        #expect(await user.pgbc("run", "x.lua").code == 0)
        let shown = await user.pgbc("runs", "show", "last")
        #expect(shown.output.contains("shop/lb1: lb:scale(2)"))
        let files = try FileManager.default.contentsOfDirectory(atPath: user.runs)
        let text = try String(contentsOfFile: "\(user.runs)/\(files[0])", encoding: .utf8)
        #expect(text.contains("alter role app password '***'"))
        #expect(text.contains("ALTER ROLE app PASSWORD '***'"))
        #expect(!text.contains("top secret"))
        #expect(!text.contains("TOP SECRET"))
        #expect(!text.contains("s e cret"))
        #expect(text.contains(#""name":"cluster.dsn""#))
    }

    @Test func `an unknown run is named together with the command that lists them`() async throws {
        let user = try await User("return 1")
        let run = await user.pgbc("runs", "show", "nope")
        #expect(run.code == 4)
        #expect(run.errors.contains("pgbc runs lists them"))
    }

    @Test func `a run is shown as its script was written, each change once`() async throws {
        let user = try await User("step('grow', function() pgbc.cluster():balancer():scale(2) fail('stop') end)")
        _ = await user.pgbc("run", "x.lua")
        let shown = await user.pgbc("runs", "show", "last").output
        #expect(shown.contains("shop/lb1: lb:scale(2)"), "\(shown)")
        #expect(shown.contains("step grow"), "\(shown)")
        #expect(shown.contains("x.lua:1: stop (in step 'grow')"), "\(shown)")
        #expect(!shown.contains("cluster.find"), "\(shown)")
        #expect(shown.components(separatedBy: "lb:scale").count == 2, "\(shown)")
        let resumed = await user.pgbc("resume", "last")
        #expect(resumed.errors.contains("going on with pgbc run x.lua of "), "\(resumed.errors)")
        #expect(resumed.errors.contains("answers are in its journal"), "\(resumed.errors)")
    }

    @Test func `nothing is kept when the journal is switched off`() async throws {
        let folder = try TemporaryFolder(["x.lua": "pgbc.cluster():balancer():scale(2)"])
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let terminal = RecordingTerminal(
            environment: ["XDG_STATE_HOME": "\(folder.path)/state", "PGBC_JOURNAL": "off"]
        )
        #expect(await FakeRun(["run", "x.lua"], on: engine, in: folder.folder, terminal: terminal).code == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state"))
        let resumed = await FakeRun(["resume", "last"], on: engine, in: folder.folder, terminal: terminal)
        #expect(resumed.code == 4)
        #expect(resumed.errors.contains("PGBC_JOURNAL is off"), "\(resumed.errors)")
    }
}
