import ClusterModel
import FakeBackend
import Orchestration
import Testing

@testable import Commands
@testable import Scripting

struct RecipeVerbTests {
    private static let greet = """
        -- greet: say hello to nodes
        local args = pgbc.args {
          node = { type = "list", positional = true, required = true, help = "whom" },
          times = { type = "integer", min = 1, default = 1, help = "how often" },
          loud = { type = "boolean", help = "shout" },
        }
        return { cluster = pgbc.cluster().name, nodes = args.node, times = args.times, loud = args.loud }
        """

    private func run(_ words: String..., recipe: String = greet) async throws -> FakeRun {
        let folder = try TemporaryFolder(["pgbc/greet.lua": recipe])
        return await FakeRun(words, on: try await FakeRun.engine(holding: Sample.shop), in: folder.folder)
    }

    @Test func `a recipe is a verb, with its own arguments and pgbc's in any order`() async throws {
        let expected = #"{"cluster":"shop","nodes":["a","b"],"loud":true,"times":2}"# + "\n"
        for words in [
            ["greet", "a", "b", "--times", "2", "--loud", "--json"],
            ["greet", "--json", "--loud", "a", "--cluster", "shop", "--times=2", "b"],
        ] {
            let folder = try TemporaryFolder(["pgbc/greet.lua": Self.greet])
            let run = await FakeRun(words, on: try await FakeRun.engine(holding: Sample.shop), in: folder.folder)
            #expect(run.output == expected, "\(run)")
            #expect(run.errors == "")
        }
    }

    @Test func `what a recipe does not take is refused with the way to its help`() async throws {
        let unknown = try await run("greet", "a", "--tmes", "2")
        #expect(unknown.errors.contains("unknown argument --tmes; did you mean --times?"))
        #expect(unknown.errors.contains("pgbc greet --help shows the arguments"))
        #expect(unknown.code == 2)
        let missing = try await run("greet")
        #expect(missing.errors.contains("--node is missing: whom"))
        let both = try await run("greet", "a", "--cluster", "shop", "--config", "x.lua")
        #expect(both.code == 2)
    }

    @Test func `help shows the recipe's arguments and pgbc's`() async throws {
        for words in [["greet", "--help"], ["help", "greet"]] {
            let folder = try TemporaryFolder(["pgbc/greet.lua": Self.greet])
            let help = await FakeRun(words, in: folder.folder)
            #expect(
                help.output.hasPrefix("say hello to nodes\n\nUSAGE: pgbc greet <node> … [--loud] [--times <integer>]")
            )
            #expect(help.output.contains("  <node>             whom (required)\n"))
            #expect(help.output.contains("\nOPTIONS OF PGBC:\n  --cluster <name> "))
        }
    }

    @Test func `every common option that help names is taken`() throws {
        for option in OwnOptions.all {
            for name in option.names {
                _ = try RunOptions.reading([name] + (option.value.map { [$0] } ?? []))
            }
        }
    }

    @Test func `a recipe without words of its own takes the cluster as its first word`() async throws {
        let recipe = "-- greet: name the cluster\npgbc.args {}\nreturn pgbc.cluster().name"
        #expect(try await run("greet", "shop", recipe: recipe).output == "shop\n")
        let two = try await run("greet", "shop", "more", recipe: recipe)
        #expect(two.errors.contains("unexpected argument 'more'"))
    }

    @Test func `the root's help and a wrong verb's hint know the recipes`() async throws {
        let help = try await run("--help")
        #expect(help.output.contains("\n  greet                   say hello to nodes (your own, in ./pgbc)\n"))
        #expect(try await run("gret").errors.hasPrefix("error: unknown command 'gret'; did you mean 'greet'?\n"))
    }

    @Test func `every bundled recipe that is no Swift verb explains itself under its name`() async {
        let names = RecipeShelf(folder: ScriptFolder("/nowhere")).names.filter { PgbcCommand.verbs[$0] == nil }
        for name in names {
            let run = await FakeRun([name, "--help"])
            #expect(run.code == 0, "\(name)")
            #expect(run.output.contains("USAGE: pgbc \(name)"), "\(name)")
        }
    }

    @Test func `a user's own recipe in the place of a verb's may take arguments of its own`() async throws {
        let folder = try TemporaryFolder([
            "pgbc/scale.lua":
                "-- scale: mine\nlocal a = pgbc.args { speed = {}, replicas = {} }\nreturn a.speed or a.replicas"
        ])
        let own = await FakeRun(["scale", "--speed", "fast"], in: folder.folder)
        #expect(own.output == "fast\n")
        #expect(own.errors == "using ./pgbc/scale.lua instead of pgbc's own recipe\n")
        #expect(await FakeRun(["scale", "--replicas", "2"], in: folder.folder).output == "2\n")
        #expect(await FakeRun(["scale", "--help"], in: folder.folder).output.hasPrefix("mine\n\nUSAGE: pgbc scale "))
    }

    @Test(arguments: [["doctor"], ["exec", "lb1", "--", "ls"]])
    func `a user's own recipe goes before a verb that does more than its recipe`(_ words: [String]) async throws {
        let folder = try TemporaryFolder([
            "pgbc/doctor.lua": "pgbc.args {} return 'mine'",
            "pgbc/exec.lua": "local a = pgbc.args { of = { type = 'list', positional = true } } return 'mine'",
        ])
        #expect(await FakeRun(words, in: folder.folder).output == "mine\n")
    }

    @Test func `resume goes on with a run, and without one lets clients go on`() throws {
        func words(_ line: String...) throws -> [String] {
            try Spelling(line, inputIsTerminal: false, recipes: ["resume"], isRun: { $0 == "abc" }).words
        }
        #expect(try words("resume", "abc") == ["resume", "abc"])
        #expect(try words("resume", "last") == ["resume", "last"])
        #expect(try words("resume", "20260101-120000-x") == ["resume", "20260101-120000-x"])
        #expect(try words("resume") == ["__recipe", "resume"])
        #expect(try words("resume", "shop") == ["__recipe", "resume", "shop"])
        #expect(try words("resume", "--balancer", "lb1") == ["__recipe", "resume", "--balancer", "lb1"])
    }

    @Test func `the default of a duration or a size may be written as on the command line`() throws {
        let parameters = try [ScriptParameter](declared: [
            "wait": ["type": "duration", "default": "5m"], "much": ["type": "size", "default": "2kB"],
        ])
        let values = try ScriptArguments(command: "x", parameters: parameters).parse([])
        #expect(values["wait"]?.double == 300)
        #expect(values["much"] == 2048)
        #expect(throws: ClusterError.self) {
            try [ScriptParameter](declared: ["wait": ["type": "duration", "default": "soon"]])
        }
    }

    @Test func `words are placed by their position, and a list takes the rest`() throws {
        let parameters = try [ScriptParameter](declared: [
            "state": ["choices": ["on", "off"], "positional": 2, "required": true],
            "node": ["type": "node", "positional": 1, "required": true],
            "extra": ["type": "list", "positional": true],
        ])
        let reader = ScriptArguments(command: "x", parameters: parameters)
        let values = try reader.parse(["n1", "on", "a", "--", "--b"])
        #expect(values == ["node": "n1", "state": "on", "extra": ["a", "--b"]] || values["extra"] == ["a", "--b"])
        #expect(values["node"] == "n1")
        #expect(throws: ScriptUsageError.self) { try reader.parse(["n1", "sideways"]) }
    }

    @Test func `asking a script for its arguments does nothing else`() async throws {
        let script = Script(
            name: "x.lua",
            source: "-- x: harm\npgbc.cluster('shop'):destroy()\npgbc.args { a = {} }",
            origin: .file
        )
        #expect(await script.outline().arguments == [])
        let caught = Script(
            name: "x.lua",
            source: "pcall(function() pgbc.cluster('shop'):destroy() end) pgbc.args { a = { type = 'size' } }",
            origin: .file
        )
        #expect(await caught.outline().arguments.map(\.flag) == ["--a"])
        let endless = Script(name: "x.lua", source: "while true do end", origin: .file)
        #expect(await endless.outline().arguments == [])
    }
}
