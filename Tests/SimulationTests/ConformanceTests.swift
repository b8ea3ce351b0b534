import ClusterModel
import FakeBackend
import Foundation
import Orchestration
import Scripting
import Simulation
import Testing

/// The same script on the simulation and on a real engine has to see the same: what it saw there is kept in `observations.json`,
/// and `IntegrationTests` compares a real engine with it.
@Suite struct `The simulation` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Conformance").standardizedFileURL

    @Test func `shows what a real engine shows, step by step`() async throws {
        let files = try TemporaryFolder([
            "cluster.lua": "return cluster \"shop\" { hold = true, balancer \"lb1\" { replicas = 1 } }"
        ])
        let text = try String(contentsOf: Self.folder.appendingPathComponent("primitives.lua"), encoding: .utf8)
        let known = try Data(contentsOf: Self.folder.appendingPathComponent("observations.json"))
        let backend = SimulatedBackend(seed: 1)
        let script = Script(name: "primitives.lua", source: text, origin: .file)
        let start = ScriptStart(command: "pgbc run primitives.lua", config: "cluster.lua", folder: files.folder)
        let seen = try await withTaskExecutorPreference(backend.executor) {
            try await ScriptRunner(on: backend).run(script, start)
        }
        let observed = try JSONSerialization.jsonObject(with: Data(seen.json().utf8)) as? NSArray
        #expect(try observed == JSONSerialization.jsonObject(with: known) as? NSArray, "\(seen.json(pretty: true))")
    }
}
