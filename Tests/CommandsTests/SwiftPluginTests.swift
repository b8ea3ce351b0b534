import ClusterModel
import FakeBackend
import Foundation
import PluginAPI
import Synchronization
import Testing

@testable import Scripting

/// A plugin in Swift with one of each that the tests are about.
private struct Sampler: Plugin {
    var name = "sampler"
    var primitives: [Primitive] = []
    var recipes: [ContributedRecipe] = []
    var verbs: [ContributedVerb] = []
    var balancers: [BalancerSupport] = []
}

struct SwiftPluginTests {
    private static func verb(_ name: String = "lag-report", failing code: ClusterError.Code? = nil) -> ContributedVerb {
        ContributedVerb(
            name,
            [
                VerbArgument("max_lag", .size, default: "16MB", help: "how far behind"),
                VerbArgument("order", .choice, choices: ["name", "lag"], help: "by what"),
                VerbArgument("node", .list, position: 1, help: "which"),
            ],
            summary: "say who is behind",
            effect: .read
        ) { call in
            if let code { throw ClusterError(code, operation: "report", message: "it went wrong") }
            return [
                "cluster": .string(call.cluster), "max_lag": call.arguments["max_lag"] ?? .null,
                "nodes": call.arguments["node"] ?? .null,
            ]
        }
    }

    private static func driver(_ name: String, images: [String] = []) -> BalancerSupport {
        BalancerSupport(BalancerDriver(name, program: "a proxy", images: images)) { _ in BalancerContents() }
    }

    private func run(
        _ words: String...,
        plugins: [any Plugin] = [Sampler(verbs: [Self.verb()])],
        files: [String: String] = [:]
    )
        async throws -> FakeRun
    {
        let folder = try TemporaryFolder(files)
        let backend = try await FakeRun.engine(holding: Sample.shop)
        return await FakeRun(words, on: backend, in: folder.folder, plugins: plugins)
    }

    @Test func `a verb takes its arguments, and what it returns is shown`() async throws {
        let run = try await run("lag-report", "a", "b", "--max-lag", "1kB", "--json")
        #expect(run.errors == "")
        #expect(run.output == #"{"cluster":"shop","nodes":["a","b"],"max_lag":1024}"# + "\n")
    }

    @Test func `a verb is in the help, has its own, and is completed and listed`() async throws {
        #expect(
            try await run("--help").output.contains(
                "  lag-report              say who is behind (from the plugin sampler)"
            )
        )
        let help = try await run("lag-report", "--help").output
        #expect(help.contains("--max-lag <size>    how far behind (default: 16.0 MB)"))
        #expect(help.contains("--order <name|lag>  by what"))
        #expect(try await run("__complete", "--", "lag").output.hasPrefix("lag-report"))
        #expect(try await run("__complete", "--", "lag-report", "--o").output.hasPrefix("--order"))
        let list = try await run("plugin", "list", "--json").output
        #expect(list.contains(#""verbs":["lag-report"]"#))
        #expect(list.contains(#""functions":["sampler.lag_report"]"#))
        #expect(
            try await run("recipe", "show", "lag-report").output.contains(
                "sampler.lag_report(pgbc.cluster().name, args)"
            )
        )
    }

    private static let exits: [(ClusterError.Code, Int32)] = [
        (.verificationFailed, 6), (.conflict, 5), (.notFound, 4), (.invalid, 2), (.failed, 1),
    ]

    @Test(arguments: exits)
    func `a verb that fails ends with the documented code`(code: ClusterError.Code, exit: Int32) async throws {
        let run = try await run("lag-report", plugins: [Sampler(verbs: [Self.verb(failing: code)])])
        #expect(run.code == exit)
        #expect(run.errors.contains("it went wrong"))
    }

    @Test func `a verb refuses what it does not take`() async throws {
        let run = try await run("lag-report", "--order", "size")
        #expect(run.code == 2)
        #expect(run.errors.contains("one of name, lag"))
    }

    @Test func `what a verb's script sees is all that a plugin's table must not be called`() async throws {
        let folder = try TemporaryFolder([
            "x.lua": "local n = {} for k in pairs(_G) do n[#n + 1] = k end table.sort(n) return n"
        ])
        let run = await FakeRun(["run", "x.lua", "--json"], in: folder.folder)
        let seen = try Document(json: run.output, source: "x").elements ?? []
        #expect(Set(seen.compactMap(\.text)) == CheckedPlugins.globals)
    }

    private static let broken: [(Sampler, String)] = [
        (Sampler(verbs: [verb("scale")]), "its verb scale is one of pgbc itself"),
        (Sampler(verbs: [verb("health")]), "its verb health is one of pgbc itself"),
        (Sampler(verbs: [verb("twice"), verb("twice")]), "it has the verb twice twice"),
        (Sampler(verbs: [verb("of-good")]), "its verb of-good is one of the plugin good, too"),
        (Sampler(verbs: [verb("Bad Name")]), "its verb 'Bad Name'"),
        (Sampler(verbs: [verb("end")]), "its primitive 'sampler.end'"),
        (
            Sampler(verbs: [
                ContributedVerb("x", [VerbArgument("json", help: "no")], summary: "", effect: .read) { _ in .null }
            ]),
            "pgbc takes an option of this name itself"
        ),
        (Sampler(recipes: [ContributedRecipe(name: "init", source: "")]), "its verb init is one of pgbc itself"),
        (Sampler(primitives: [primitive("pgbc.clusters")]), "a table 'pgbc'"),
        (Sampler(primitives: [primitive("string.rep")]), "a table 'string'"),
        (
            Sampler(primitives: [primitive("good.more")]),
            "its functions cannot be in a table 'good': that is one of the plugin good"
        ),
        (Sampler(primitives: [primitive("nodot")]), "its primitive 'nodot'"),
        (Sampler(balancers: [driver("pgpool")]), "the driver pgpool: there is one of that name, for pgpool-II"),
        (Sampler(balancers: [driver("x", images: ["good"])]), "images that begin with good belong to the driver good"),
        (Sampler(name: "good"), "there is a plugin of that name"),
    ]

    private static func primitive(_ name: String) -> Primitive {
        Primitive(name, result: "nil", summary: "nothing", effect: .read) { _ in .null }
    }

    @Test(arguments: Self.broken.indices)
    func `a broken plugin is named with its error, and the rest goes on`(index: Int) async throws {
        let (plugin, problem) = Self.broken[index]
        let good = Sampler(
            name: "good",
            verbs: [Self.verb("of-good")],
            balancers: [Self.driver("good", images: ["good"])]
        )
        let run = try await run("of-good", plugins: [good, plugin])
        #expect(run.code == 0)
        #expect(run.output.contains("shop"))
        #expect(run.errors.hasPrefix("note: the plugin \(plugin.name) is left out: "))
        #expect(run.errors.contains(problem), "\(run.errors)")
        let check = try await self.run("plugin", "check", plugins: [good, plugin])
        #expect(check.code == 2)
        #expect(check.output.contains("broken"))
    }

    @Test func `a plugin in Lua cannot take a table of one in Swift`() async throws {
        let files = [
            "x.lua": "return alarm.worst() or 'from Swift'",
            "pgbc/plugins/alarm/plugin.lua": #"return { name = "alarm", provides = { functions = "f.lua" } }"#,
            "pgbc/plugins/alarm/f.lua": "return { other = function() end }",
        ]
        let run = try await run(
            "run",
            "x.lua",
            plugins: [Sampler(primitives: [Self.primitive("alarm.worst")])],
            files: files
        )
        #expect(run.output == "from Swift\n", "\(run.errors)")
        #expect(
            run.errors.contains(
                "the plugin alarm is left out: its functions cannot be in a table 'alarm': that is one of the plugin sampler"
            )
        )
    }

    @Test func `a plugin in Lua cannot take a verb of one in Swift`() async throws {
        let files = [
            "pgbc/plugins/late/plugin.lua": #"return { name = "late", provides = { recipes = { "lag-report" } } }"#,
            "pgbc/plugins/late/lag-report.lua": "return 1",
        ]
        let run = try await run("lag-report", "--json", files: files)
        #expect(run.output.contains(#""cluster":"shop""#))
        #expect(
            run.errors.contains("the plugin late is left out: its verb lag-report is one of the plugin sampler, too")
        )
        #expect(try await self.run("plugin", "check", "late", files: files).code == 2)
    }

    @Test func `the engine gets the balancers of plugins that fit, and of no others`() async throws {
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let names = Mutex<[String]>([])
        let run = await FakeRun(
            ["list"],
            on: backend,
            plugins: [
                Sampler(name: "good", balancers: [Self.driver("proxy")]),
                Sampler(name: "bad", verbs: [Self.verb("scale")], balancers: [Self.driver("other")]),
                Sampler(name: "late", balancers: [Self.driver("proxy", images: ["late"])]),
            ],
            told: { balancers in names.withLock { $0 = balancers.map(\.driver.name) } }
        )
        #expect(run.errors.contains("the plugin bad is left out"))
        #expect(names.withLock { $0 } == ["proxy"])
    }

    @Test func `a topology names a plugin's balancer`() async throws {
        let files = ["cluster.lua": #"return cluster "x" { balancer "lb1" { driver = "proxy", image = "any:1" } }"#]
        let plugin = Sampler(balancers: [Self.driver("proxy")])
        #expect(try await run("validate", "cluster.lua", plugins: [plugin], files: files).code == 0)
        let without = try await run("validate", "cluster.lua", plugins: [], files: files)
        #expect(without.code == 2)
        #expect(without.errors.contains("this pgbc has no such driver; it has pgpool, pgbalancer"))
    }
}
