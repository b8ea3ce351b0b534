import Foundation
import Testing

extension OnARealEngine {
    struct ConformanceTests {
        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../Conformance").standardizedFileURL

        @Test
        func `a real engine shows what the simulation shows, step by step`() async throws {
            try await withCluster { cluster in
                try cluster.describe("hold = true,\nbalancer \"lb1\" { replicas = 1 }")
                try FileManager.default.copyItem(
                    at: Self.folder.appending(path: "primitives.lua"),
                    to: cluster.folder.appending(path: "primitives.lua")
                )
                let run = try await cluster.pgbc(
                    "run",
                    "primitives.lua",
                    "--config",
                    "cluster.lua",
                    "--json",
                    limit: .seconds(240)
                )
                try #require(run.code == 0, "\(run)")
                let known = try Data(contentsOf: Self.folder.appending(path: "observations.json"))
                let seen = try JSONSerialization.jsonObject(with: Data(run.lastLine.utf8)) as? NSArray
                #expect(try seen == JSONSerialization.jsonObject(with: known) as? NSArray, "\(run.lastLine)")
            }
        }
    }
}
