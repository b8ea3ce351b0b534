import FakeBackend
import Foundation
import Orchestration
import Scripting
import Simulation
import Testing

struct ExamplesTests {
    /// The folder of the package.
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL.path

    /// Files below `Examples`, as they are named from the folder of the package.
    private static func files(in folder: String, ending: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(package)/Examples/\(folder)")) ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { "Examples/\(folder)/\($0)" }
    }

    static let configurations = files(in: "legacy", ending: ".json") + files(in: "topologies", ending: ".lua")
    static let workflows = files(in: "workflows", ending: ".lua")
    private let folder = ScriptFolder(package)

    @Test func `there are examples of each kind`() {
        #expect(Self.configurations.count >= 5)
        #expect(Self.workflows.count >= 8)
    }

    @Test(arguments: configurations)
    func `a configuration is valid, comes up, and a second init changes nothing`(file: String) async {
        let backend = FakeBackend()
        #expect(await FakeRun(["validate", file], in: folder).code == 0)
        #expect(await FakeRun(["init", "--config", file], on: backend, in: folder).code == 0)
        let before = await backend.performed
        #expect(await FakeRun(["init", "--config", file], on: backend, in: folder).code == 0)
        #expect(await backend.performed == before)
        let status = await FakeRun(["status", "--config", file, "--check"], on: backend, in: folder)
        #expect(status.code == 0)
        #expect(status.errors == "")
    }

    @Test(arguments: configurations)
    func `a configuration survives export in both forms`(file: String) async throws {
        let backend = FakeBackend()
        _ = await FakeRun(["init", "--config", file], on: backend, in: folder)
        for format in ["json", "lua"] {
            let text = await FakeRun(["export", "--format", format], on: backend).output
            let copy = try TemporaryFolder(["back.\(format)": text])
            let plan = await FakeRun(["plan", "back.\(format)", "--prune"], on: backend, in: copy.folder)
            #expect(plan.output.hasPrefix("nothing to do: "))
        }
    }

    @Test func `scale.lua scales, and explains itself`() async {
        let backend = FakeBackend()
        let file = "Examples/legacy/pgbalancer_cluster_simple.json"
        _ = await FakeRun(["init", "--config", file], on: backend, in: folder)
        let run = await FakeRun(["run", "Examples/scale.lua", "--replicas", "3"], on: backend, in: folder)
        #expect(run.code == 0)
        #expect(run.output.contains("replica3"))
        let help = await FakeRun(["run", "Examples/scale.lua", "--help"], in: folder)
        #expect(
            help.output == """
                set the number of replicas behind a balancer

                USAGE: pgbc run Examples/scale.lua --replicas <integer> [--balancer <string>]

                ARGUMENTS:
                  --replicas <integer>  replicas wanted (required; an integer of at least 0)
                  --balancer <string>   balancer to scale (default: lb1)
                  --help                show this text

                """
        )
    }

    @Test(arguments: workflows)
    func `a workflow explains itself`(file: String) async {
        let run = await FakeRun(["run", file, "--help"], in: folder)
        #expect(run.code == 0)
        #expect(!run.output.hasPrefix("USAGE"))
    }

    @Test(arguments: commandLines)
    func `a workflow runs on a cluster`(line: [String]) async {
        let backend = FakeBackend()
        _ = await FakeRun(
            ["init", "--config", "Examples/legacy/pgbalancer_cluster_simple.json"],
            on: backend,
            in: folder
        )
        let run = await FakeRun(["run", "Examples/workflows/\(line[0])"] + line.dropFirst(), on: backend, in: folder)
        #expect(run.code == 0, "\(line): \(run.errors)")
        #expect(!run.errors.contains("error:"))
        let status = await FakeRun(["status", "--check"], on: backend)
        #expect(status.code == 0, "\(status.errors)")
        #expect(status.output.split(separator: "\n").count { $0.contains(" replica ") } == 1)
    }

    /// One command line for each workflow; each leaves the cluster as many replicas as it found.
    static let commandLines = [
        ["check.lua", "--max-lag", "1MB"], ["replace-replicas.lua", "--balancer", "lb1"], ["sizes.lua"],
        ["busy-hours.lua", "--replicas", "3", "--duration", "10ms"], ["capacity.lua", "--warn", "90"],
        ["canary-setting.lua", "work_mem=8MB", "--watch", "10ms"],
    ]

    @Test func `every workflow has a command line that is run`() {
        // Those that measure a load or a disk need what only a real engine has; the integration tests run them.
        let real = ["load-with-switchover.lua", "nightly.lua", "gated-restart.lua"]
        #expect(
            Set(Self.workflows.map { $0.split(separator: "/").last.map(String.init) ?? "" }).subtracting(real)
                == Set(Self.commandLines.map { $0[0] })
        )
    }

    @Test(arguments: [["gated-restart.lua"], ["canary-setting.lua", "work_mem=8MB"], ["replace-replicas.lua"]])
    func `a workflow can be rehearsed, and the rehearsal changes nothing`(line: [String]) async {
        let backend = FakeBackend()
        let file = "Examples/legacy/pgbalancer_cluster_simple.json"
        _ = await FakeRun(["init", "--config", file], on: backend, in: folder)
        let before = await backend.performed
        let run = await FakeRun(
            ["run", "--dry-run", "Examples/workflows/\(line[0])"] + line.dropFirst(),
            on: backend,
            in: folder,
            rehearsals: SimulatedRehearsals()
        )
        #expect(run.code == 0, "\(line): \(run.errors)")
        #expect(await backend.performed == before)
    }

    @Test func `nightly names every disk that does not say how full it is`() async {
        let backend = FakeBackend()
        let file = "Examples/legacy/pgbalancer_cluster_simple.json"
        _ = await FakeRun(["init", "--config", file], on: backend, in: folder)
        let run = await FakeRun(["run", "Examples/workflows/nightly.lua"], on: backend, in: folder)
        #expect(run.code == 6)
        #expect(run.errors.contains("does not say how full its disk is"))
        let web = FakeWeb(["https://hooks.test/T1": WebAnswer(status: 200)])
        let words = ["run", "--allow", "net=hooks.test", "Examples/workflows/nightly.lua", "--notify"]
        _ = await FakeRun(words + ["https://hooks.test/T1"], on: backend, in: folder, web: web)
        #expect(web.requests.first?.body.contains("does not say how full its disk is") == true)
        let untold = await FakeRun(words + ["https://hooks.test/T2"], on: backend, in: folder, web: web)
        #expect(untold.code == 6)
        #expect(untold.errors.contains("nobody was told: the webhook answered 404"))
    }

    @Test func `the plugin of Lua adds its recipe and its functions`() async throws {
        var files: [String: String] = [:]
        let source = "\(Self.package)/Examples/plugins/night-watch"
        for name in ["plugin.lua", "functions.lua", "events.lua", "recipes/behind.lua"] {
            files["pgbc/plugins/night-watch/\(name)"] = try String(contentsOfFile: "\(source)/\(name)", encoding: .utf8)
        }
        let place = try TemporaryFolder(files)
        #expect(await FakeRun(["plugin", "check"], in: place.folder).code == 0)
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let run = await FakeRun(["behind", "--bytes", "1MB"], on: backend, in: place.folder)
        #expect(run.code == 0, "\(run.errors)")
        let scale = await FakeRun(["scale", "--replicas", "2"], on: backend, in: place.folder)
        #expect(scale.errors.contains("night-watch: shop: the slowest of the steps was: "))
    }
}
