import ClusterModel
import FakeBackend
import Foundation
import Testing

@testable import Scripting

struct PluginTests {
    private static let manifest = """
        return {
          name = "night-watch", version = "1.2.0", summary = "Looks after things at night.",
          needs = { pgbc = "0.1" },
          provides = { recipes = { "nightly" }, functions = "functions.lua", events = "events.lua" },
        }
        """
    private static let files = [
        "pgbc/plugins/night-watch/plugin.lua": manifest,
        "pgbc/plugins/night-watch/recipes/nightly.lua": "-- nightly: look\npgbc.args {}\nreturn night_watch.twice(21)",
        "pgbc/plugins/night-watch/functions.lua": "return { twice = function(n) sleep(0) return n * 2 end }",
        "pgbc/plugins/night-watch/events.lua": """
        local steps = 0
        return {
          ["step.finished"] = function(event) steps = steps + 1 end,
          ["plan.finished"] = function(event) log(event.cluster .. ": " .. steps .. " steps") end,
        }
        """,
    ]

    private func folder(_ changes: [String: String] = [:]) throws -> TemporaryFolder {
        try TemporaryFolder(Self.files.merging(changes) { $1 })
    }

    @Test func `a folder with plugin.lua adds recipes, functions and handlers of events`() async throws {
        let folder = try folder()
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let recipe = await FakeRun(["nightly"], on: backend, in: folder.folder)
        #expect(recipe.output == "42\n")
        #expect(recipe.errors == "")
        let scale = await FakeRun(["scale", "--replicas", "2"], on: backend, in: folder.folder)
        #expect(scale.errors.hasSuffix("night-watch: shop: 8 steps\n") || scale.errors.contains("night-watch: shop: "))
        let help = await FakeRun(["--help"], in: folder.folder)
        #expect(help.output.contains("look (from the plugin night-watch)"))
    }

    @Test func `plugins are listed with what they provide`() async throws {
        let folder = try folder()
        let run = await FakeRun(["plugin", "list", "--json"], in: folder.folder)
        #expect(run.output.hasPrefix(#"[{"plugin":"night-watch","version":"1.2.0","kind":"Lua","recipes":["nightly"]"#))
        #expect(run.output.contains(#""functions":["night_watch.twice"]"#))
        #expect(run.output.contains(#""events":["plan.finished","step.finished"]"#))
    }

    @Test(
        arguments: [
            ("return {", "<eof>"), ("error('boom')", "boom"), ("return 1", "it has to return a table"),
            ("return { name = 'Bad Name' }", "'name' has to be text"),
            ("return { name = 'x', provide = {} }", "unknown key 'provide'; did you mean 'provides'?"),
            ("return { name = 'x', provides = { recipes = { 'gone' } } }", "provides the recipe gone"),
            ("return { name = 'x', needs = { pgbc = '99' } }", "it needs pgbc 99"),
            ("return { name = 'x', needs = { plugins = { 'other' } } }", "needs the plugin other"),
            ("pgbc.clusters() return { name = 'x' }", "only declare"),
            ("while true do end", "instructions"),
        ]
    )
    func `a broken plugin is named with its error, and the rest goes on`(manifest: String, problem: String) async throws
    {
        let folder = try folder(["pgbc/plugins/broken/plugin.lua": manifest])
        let run = await FakeRun(["nightly"], in: folder.folder)
        #expect(run.output == "42\n")
        #expect(
            run.errors.hasPrefix("note: the plugin broken is left out: ") || run.errors.hasPrefix("note: the plugin x ")
        )
        #expect(run.errors.contains(problem), "\(run.errors)")
        let check = await FakeRun(["plugin", "check"], in: folder.folder)
        #expect(check.code == 2)
        #expect(check.output.contains("night-watch  good"))
        #expect(check.output.contains("broken"))
    }

    @Test func `an event that does not exist and a function that is none are named`() async throws {
        let event = try folder(["pgbc/plugins/night-watch/events.lua": "return { ['step.finishd'] = print }"])
        #expect(await FakeRun(["list"], in: event.folder).errors.contains("did you mean 'step.finished'?"))
        let field = try folder(["pgbc/plugins/night-watch/functions.lua": "return { twice = 2 }"])
        #expect(await FakeRun(["list"], in: field.folder).errors.contains("its field 'twice' is not a function"))
    }

    @Test func `a handler that fails is told of, and the operation goes on`() async throws {
        let folder = try folder([
            "pgbc/plugins/night-watch/events.lua": "return { ['plan.started'] = function() error('oh') end }"
        ])
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["scale", "--replicas", "2"], on: backend, in: folder.folder)
        #expect(run.code == 0)
        #expect(run.errors.contains("the plugin night-watch failed"))
        #expect(run.errors.contains("oh"))
    }

    @Test func `a handler cannot reach a cluster`() async throws {
        let folder = try folder([
            "pgbc/plugins/night-watch/events.lua":
                "return { ['plan.started'] = function(e) pgbc.cluster(e.cluster):destroy() end }"
        ])
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["scale", "--replicas", "2"], on: backend, in: folder.folder)
        #expect(run.code == 0)
        #expect(run.errors.contains("may not ask for this"))
        #expect(await backend.held["shop"]?.topology?.balancers[0].replicas.count == 2)
    }

    @Test func `a handler reaches what its plugin needs, and nothing else`() async throws {
        let manifest = Self.manifest.replacing(#"pgbc = "0.1""#, with: #"allow = { "write=log" }"#)
        let folder = try folder([
            "pgbc/plugins/night-watch/plugin.lua": manifest,
            "pgbc/plugins/night-watch/events.lua": """
            return { ["plan.finished"] = function(event)
              file.append("log/plans", event.cluster .. "\\n")
              print(select(2, pcall(file.read, "/etc/hostname")))
            end }
            """,
            "pgbc/plugins/night-watch/log/plans": "",
        ])
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["scale", "--replicas", "2"], on: backend, in: folder.folder)
        #expect(try folder.read("pgbc/plugins/night-watch/log/plans") == "shop\n", "\(run.errors)")
        #expect(run.errors.contains("--allow read=/etc/hostname"), "\(run.errors)")
    }

    @Test func `a name that is no plugin`() async throws {
        let folder = try folder()
        #expect(await FakeRun(["plugin", "check", "nobody"], in: folder.folder).code == 4)
    }
}
