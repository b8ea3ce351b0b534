import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import Scripting
import Simulation
import Testing

/// One script that calls everything that scripts are promised, on the simulation; `IntegrationTests` runs it on a real engine.
@Suite struct `What scripts are promised` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Conformance/surface").standardizedFileURL

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func `works on a simulated cluster`() async throws {
        let files = try TemporaryFolder([
            "wanted.lua": "return cluster \"shop\" { balancer \"lb1\" { replicas = 1, hold = true } }",
            "beside.lua": text("beside.lua"), "pgbc/shared.lua": text("pgbc/shared.lua"),
        ])
        let backend = SimulatedBackend(seed: 1)
        let script = Script(name: "surface.lua", source: try text("surface.lua"), origin: .file, folder: ".")
        let start = ScriptStart(
            command: "pgbc run surface.lua",
            arguments: ["--simulated", "--destroy"],
            cluster: "shop",
            folder: files.folder
        )
        let seen = try await withTaskExecutorPreference(backend.executor) {
            try await Orchestrator(backend: backend).apply(topology(nodes: 2), prune: false)
            return try await ScriptRunner(on: backend).run(script, start)
        }
        #expect(seen["wrong"]?.elements?.isEmpty == true, "\(seen.json(pretty: true))")
    }

    /// The list of the issue that scripts were built by, in its words.
    private static let promised = [
        "pgbc": "cluster topology args",
        "cluster": "balancers balancer nodes node status plan apply destroy events",
        "lb": """
        primary replicas scale add_replica remove_replica attach detach pause resume reload set switchover pool nodes_seen
        """,
        "node": "start stop restart promote rejoin wait query exec logs role lag timeline settings set",
        "run": "step parallel map timeout retry sleep defer log confirm fail journal inspect time random",
        "json": "encode decode", "yaml": "encode decode",
    ]

    @Test func `is called by that script, and is in the reference`() throws {
        let text = try text("surface.lua")
        let entries = Set(LibraryReference(plugins: []).entries.map { "\($0.group) \($0.name)" })
        for (group, names) in Self.promised {
            for name in names.split(whereSeparator: \.isWhitespace) {
                let call =
                    group == "run"
                    ? "\(name)" : ["pgbc", "json", "yaml"].contains(group) ? "\(group).\(name)" : ":\(name)"
                #expect(text.contains(call), "surface.lua does not call \(group) \(name)")
                #expect(entries.contains("\(group) \(name)"), "the reference does not have \(group) \(name)")
            }
        }
    }
}
