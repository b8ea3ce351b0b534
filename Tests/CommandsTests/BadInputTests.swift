import FakeBackend
import Foundation
import Testing

struct BadInputTests {
    @Test func `a file that does not exist`() async throws {
        let folder = try TemporaryFolder()
        let run = await FakeRun(["init", "--config", "none.json"], in: folder.folder)
        #expect(
            run.errors == """
                error: could not read none.json: there is no such file in \(folder.path)
                  check the name, or give the whole path

                """
        )
        #expect(run.code == 2)
    }

    @Test func `a folder instead of a file`() async throws {
        let folder = try TemporaryFolder(["a.json/b": ""])
        let run = await FakeRun(["validate", "a.json"], in: folder.folder)
        #expect(run.errors == "error: could not read a.json: it is a folder\n  name a file in it\n")
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `a file that may not be read`() async throws {
        let folder = try TemporaryFolder(["a.json": "{}"])
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(folder.path)/a.json")
        let run = await FakeRun(["validate", "a.json"], in: folder.folder)
        #expect(
            run.errors
                == "error: could not read a.json: this user may not read it\n  chmod u+r it, or run as its owner\n"
        )
        #expect(run.code == 2)
    }

    @Test(
        arguments: [
            ("0", "expected an integer from 1 to 31, got \"0\""),
            ("-1", "expected an integer from 1 to 31, got \"-1\""),
            ("99999999999999999999", "expected an integer from 1 to 31, got \"99999999999999999999\""),
            ("many", "expected an integer from 1 to 31, got \"many\""),
        ]
    )
    func `a number of replicas that makes no sense`(count: String, message: String) async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let before = await backend.performed
        let run = await FakeRun(["add-replica", "--count", count], on: backend)
        #expect(run.errors == "error: --count: \(message)\n  pgbc add-replica --help shows the arguments\n")
        #expect(run.code == 2)
        #expect(await backend.performed == before)
    }

    @Test func `more replicas than there are cannot be removed`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["remove-replica", "--count", "5"], on: backend)
        #expect(run.errors == "error: could not remove 5 replicas from lb1: it has 1\n  give a number from 1 to 1\n")
        #expect(run.code == 2)
    }

    @Test func `an unknown balancer`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.twins)
        let run = await FakeRun(["scale", "--balancer", "lb9", "--replicas", "1"], on: backend)
        #expect(run.errors == "error: could not find balancer lb9 in twins: it has lb1, lb2\n")
        #expect(run.code == 4)
        let unnamed = await FakeRun(["scale", "--replicas", "1"], on: backend)
        #expect(unnamed.errors == "error: could not choose a balancer of twins: it has lb1, lb2\n  name one of them\n")
        #expect(unnamed.code == 2)
    }

    @Test(
        arguments: [
            (["stats"], "error: unknown command 'stats'; did you mean 'status'?\n  pgbc --help lists the commands\n"),
            (
                ["status", "--jsn"],
                "error: Unknown option '--jsn'. Did you mean '--json'?\n  pgbc status --help shows the usage\n"
            ),
            (
                ["scale"],
                "error: Missing expected argument '--replicas <replicas>'\n  pgbc scale --help shows the usage\n"
            ),
            (
                ["exec", "lb1"],
                "error: exec needs a program to run, as in pgbc exec lb1 -- ls -l\n  pgbc exec --help shows the usage\n"
            ),
            (["run"], "error: Missing expected argument '<script>'\n  pgbc run --help shows the usage\n"),
            (["run", "nope"], "error: could not find the recipe nope: "),
            (["run", "nope.lua"], "error: could not read nope.lua: there is no such file in /nowhere\n"),
            (["run", "--memory", "lots", "x.lua"], "error: The value 'lots' is invalid for '--memory <size>'\n"),
        ]
    )
    func `a command line that makes no sense`(words: [String], message: String) async {
        let run = await FakeRun(words)
        #expect(run.errors.hasPrefix(message))
        #expect(run.code == (words == ["run", "nope"] ? 4 : 2))
        #expect(run.output == "")
    }

    @Test(
        arguments: [
            ("local y = = 1", [], "error: x.lua:1: unexpected symbol near '='\n", 2),
            ("\nlocal y = nil + 1", [], "error: x.lua:2: attempt to perform arithmetic on a nil value\n", 1),
            ("x = 1", [], "error: x.lua:1: assignment of an undeclared global 'x' (declare it with 'local')\n", 1),
            (
                "while true do end", ["--instructions", "1000"],
                "error: x.lua:1: the script ran for more instructions than it may\n  --instructions raises the limit\n",
                1
            ),
            ("fail('no such thing', 'not_found')", [], "error: x.lua:1: no such thing\n", 4),
            ("fail('held', 'conflict')", [], "error: x.lua:1: held\n", 5),
            ("require 'nothing'", [], "error: x.lua:1: there is no module 'nothing'\n", 1),
            ("os.execute('ls')", [], "error: x.lua:1: attempt to call a nil value (field 'execute')\n", 1),
            (
                "pgbc.args { config = {} }", [],
                "error: x.lua:1: could not declare the argument 'config': pgbc takes an option of this name itself\n  choose another name\n",
                2
            ),
        ] as [(String, [String], String, Int32)]
    )
    func `a script that goes wrong`(script: String, options: [String], message: String, code: Int32) async throws {
        let run = try await FakeRun(script: script, options: options)
        #expect(run.errors == message)
        #expect(run.code == code)
    }

    @Test func `a script that takes too much memory`() async throws {
        let run = try await FakeRun(script: "local s = 'x' while true do s = s .. s end", options: ["--memory", "8MB"])
        #expect(run.errors.hasSuffix("not enough memory\n  --memory raises the limit\n"))
        #expect(run.code == 1)
    }

    @Test func `a time limit of a script's own`() async throws {
        let run = try await FakeRun(script: "timeout(0.01, function() sleep(60) end)")
        #expect(run.errors.hasSuffix("timed out after 0.01 s\n"))
        #expect(run.code == 6)
    }

    @Test func `verbose adds the traceback`() async throws {
        let run = try await FakeRun(script: "local function inner() error('boom') end\ninner()", options: ["-v"])
        #expect(run.errors.hasPrefix("error: x.lua:1: boom\n  "))
        #expect(run.errors.contains("x.lua:2: in main chunk"))
    }

    @Test(arguments: [
        ("error({ message = 'quota exceeded', code = 'conflict' })", "error: x.lua:1: quota exceeded\n", 5),
        (
            "error(setmetatable({}, { __tostring = function() error('no') end }))",
            "error: x.lua:1: an error whose __tostring fails\n", 1
        ),
        (
            "parallel { a = function() end }",
            "error: bad argument 'functions' to parallel: expected a list, got a table (x.lua:1)\n", 2
        ),
        ("sleep(1 / 0)", "error: bad argument 'seconds' to sleep: expected a finite number, got inf (x.lua:1)\n", 2),
        (
            "json.encode('a\\xff')",
            "error: bad argument 'value' to json.encode: expected text, got a string that is not UTF-8 (2 bytes); encode it, as in hex or base64 (x.lua:1)\n",
            2
        ),
    ])
    func `what would be lost or misread is said`(script: String, errors: String, code: Int32) async throws {
        let run = try await FakeRun(script: script)
        #expect(run.errors == errors)
        #expect(run.code == code)
    }

    @Test func `verbose adds what was asked for, and --json does always`() async throws {
        let script = "local node = pgbc.cluster('shop'):node('nowhere')"
        let engine = try await FakeRun.engine(holding: Sample.shop)
        let run = try await FakeRun(script: script, options: ["-v"], on: engine)
        #expect(run.errors.contains("\n  in cluster.find[\"shop\",\"node\",\"nowhere\"]\n"), "\(run.errors)")
        let json = try await FakeRun(script: script, options: ["--json"], on: engine)
        #expect(
            (json.output + json.errors).contains(
                #""primitive":"cluster.find","arguments":["shop","node","nowhere"],"traceback":""#
            )
        )
    }

    @Test func `places in pgbc's own recipes are not shown`() async throws {
        let run = await FakeRun(["run", "status"])
        #expect(!run.errors.contains("recipe/"))
    }

    @Test func `a lock that somebody else holds, and how to take it away`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        await backend.disturb("shop") { $0.lockedBy = "pgbc on alpha, process 7" }
        let run = await FakeRun(["scale", "--replicas", "2"], on: backend)
        #expect(run.code == 5)
        #expect(run.errors.contains("it is being worked on by pgbc on alpha, process 7\n"))
        #expect(await FakeRun(["scale", "--replicas", "2", "--break-lock"], on: backend).code == 0)
    }
}
