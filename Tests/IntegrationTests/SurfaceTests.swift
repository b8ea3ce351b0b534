import Foundation
import Testing

extension OnARealEngine {
    @Suite(.cluster("hold = true, balancer \"lb1\" { replicas = 1 }"))
    struct SurfaceTests {
        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Conformance/surface").standardizedFileURL

        /// The same script as in `SimulationTests`, with what only PostgreSQL and containers can answer.
        @Test
        func `what scripts are promised works`() async throws {
            let cluster = try SharedCluster.running
            let modules = cluster.folder.appending(path: "pgbc")
            try FileManager.default.createDirectory(at: modules, withIntermediateDirectories: true)
            for name in ["beside.lua", "pgbc/shared.lua"] {
                let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
                try cluster.write(text, to: name)
            }
            let script = try String(contentsOf: Self.folder.appendingPathComponent("surface.lua"), encoding: .utf8)
            try cluster.write(script, to: "surface.lua")
            let wanted = "return cluster \"\(cluster.name)\" { hold = true, balancer \"lb1\" { replicas = 1 } }"
            try cluster.write(wanted, to: "wanted.lua")
            let finished = try await cluster.pgbc(
                "run",
                "surface.lua",
                "--cluster",
                cluster.name,
                "--json",
                limit: .seconds(240)
            )
            #expect(finished.code == 0, "\(finished)")
            #expect(finished.lastLine.contains(#""wrong":[]"#), "\(finished)")
        }
    }
}
