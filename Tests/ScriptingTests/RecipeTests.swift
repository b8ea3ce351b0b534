import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import PluginAPI
import Testing

@testable import Scripting

struct RecipeTests {
    /// The folder that the recipes are embedded from, beside this file's package.
    private var folder: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Scripting/recipes").path
    }

    private let shelf = RecipeShelf(folder: ScriptFolder("/nowhere"))

    @Test func `the list of bundled recipes is the folder of recipes`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".lua") }
        #expect(Set(files.map { String($0.dropLast(4)) }) == Set(RecipeShelf.bundled.keys))
    }

    @Test func `every recipe is embedded as it stands in the folder`() throws {
        for name in shelf.names {
            let text = try String(contentsOfFile: "\(folder)/\(name).lua", encoding: .utf8)
            #expect(try shelf.recipe(name).source == text)
        }
    }

    @Test func `every recipe says first what it does, declares its arguments, and is short`() throws {
        for recipe in shelf.all {
            let name = recipe.name.dropFirst("recipe/".count).dropLast(".lua".count)
            #expect(recipe.source.hasPrefix("-- \(name): "))
            #expect(recipe.source.contains("pgbc.args"))
            #expect(recipe.source.count { $0 == "\n" } <= 60)
            #expect(!recipe.summary.isEmpty)
        }
    }

    @Test func `a file of the user's goes before the recipe of its name`() throws {
        let folder = try TemporaryFolder(["pgbc/status.lua": "return 1"])
        let shelf = RecipeShelf(folder: folder.folder)
        #expect(
            try shelf.recipe("status")
                == Script(name: "./pgbc/status.lua", source: "return 1", origin: .override, folder: "./pgbc")
        )
    }

    @Test func `a name finds a recipe and a path a file`() throws {
        let folder = try TemporaryFolder(["scale": "wrong", "deep/a.lua": "-- a.lua: does a\nreturn 2"])
        let shelf = RecipeShelf(folder: folder.folder)
        #expect(try shelf.script("scale").origin == .bundled)
        let script = try shelf.script("deep/a.lua")
        #expect(script.source.hasSuffix("return 2"))
        #expect(script.folder == "deep/")
        #expect(script.summary == "does a")
    }

    @Test func `an unknown recipe is refused with the nearest one`() {
        let error = #expect(throws: ClusterError.self) { try shelf.script("scael") }
        #expect(error?.code == .notFound)
        #expect(error?.message == "did you mean scale?")
    }

    @Test func `a plugin brings recipes and primitives along`() async throws {
        let folder = try TemporaryFolder()
        let plugin = Greeter()
        let run = await FakeRun(["run", "greet", "--json"], in: folder.folder, plugins: [plugin])
        #expect(run.errors == "")
        #expect(run.output == "\"hello you\"\n")
        let list = await FakeRun(["recipe", "list"], in: folder.folder, plugins: [plugin])
        #expect(list.output.contains("recipe/greet.lua"))
    }

    @Test func `a plugin cannot take the name of a primitive`() async throws {
        let run = await FakeRun(["list"], plugins: [Greeter(primitive: "cluster.list")])
        #expect(run.code == 2)
        #expect(
            run.errors == """
                error: could not declare the primitive cluster.list: there is one of that name already
                  a plugin has to give its primitives names of their own

                """
        )
    }
}

private struct Greeter: Plugin {
    let name = "greeter"
    var primitive = "greeter.greet"

    var primitives: [Primitive] {
        [
            Primitive(
                primitive,
                [Parameter("name", .string, "whom")],
                result: "text",
                summary: "Greets.",
                effect: .read
            ) { call in .string("hello \(call.arguments["name"]?.text ?? "")") }
        ]
    }

    var recipes: [ContributedRecipe] {
        [ContributedRecipe(name: "greet", source: "-- greet: greets\nreturn greeter.greet('you')")]
    }
}
