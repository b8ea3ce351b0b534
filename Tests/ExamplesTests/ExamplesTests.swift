import FakeBackend
import Foundation
import Scripting
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
        #expect(Self.workflows.count >= 4)
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

    @Test(
        arguments: [
            ("check.lua", ["--max-lag", "1MB"]), ("replace-replicas.lua", ["--balancer", "lb1"]), ("sizes.lua", []),
            ("busy-hours.lua", ["--replicas", "3", "--duration", "10ms"]),
        ]
    )
    func `a workflow runs on a cluster`(file: String, words: [String]) async {
        let backend = FakeBackend()
        _ = await FakeRun(
            ["init", "--config", "Examples/legacy/pgbalancer_cluster_simple.json"],
            on: backend,
            in: folder
        )
        let run = await FakeRun(["run", "Examples/workflows/\(file)"] + words, on: backend, in: folder)
        #expect(run.code == 0)
        #expect(!run.errors.contains("error:"))
        let status = await FakeRun(["status", "--check"], on: backend)
        #expect(status.code == 0)
        #expect(status.output.split(separator: "\n").count { $0.contains(" replica ") } == 1)
    }
}
