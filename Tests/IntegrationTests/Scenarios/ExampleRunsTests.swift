import Foundation
import Testing

extension OnARealEngine {
    /// The workflows of Examples, each on a real cluster as a user would run it.
    @Suite(.cluster("balancer \"lb1\" { replicas = 1, hold = true }"))
    struct ExampleRunsTests {
        /// One command line for each workflow, in an order in which each leaves the cluster healthy.
        static let commandLines = [
            ["check.lua", "--max-lag", "64MB"],
            ["sizes.lua"],
            ["capacity.lua", "--warn", "100"],
            ["nightly.lua", "--max-lag", "64MB", "--min-free", "1"],
            ["canary-setting.lua", "work_mem=8MB", "--watch", "2s"],
            ["busy-hours.lua", "--replicas", "2", "--duration", "1s"],
            ["replace-replicas.lua"],
            ["gated-restart.lua", "--patience", "60s"],
            ["load-with-switchover.lua", "--seconds", "6", "--clients", "4"],
        ]

        @Test(arguments: commandLines)
        func `a workflow does on a real cluster what it says`(line: [String]) async throws {
            let cluster = try SharedCluster.running
            // Some of them end with a code of their own for anything that status tells of.
            try await cluster.becomesWell()
            let script = Places.example("workflows/\(line[0])").path()
            let words = ["run", script, "--cluster", cluster.name] + line.dropFirst()
            let run = try await cluster.start(words).finish(within: .seconds(180))
            #expect(run.code == 0, "\(run)")
            try await cluster.becomesHealthy()
        }

        @Test
        func `with hold, no client sees an error when the primary is switched under load`() async throws {
            let cluster = try SharedCluster.running
            let script = Places.example("workflows/load-with-switchover.lua").path()
            let words = ["run", script, "--cluster", cluster.name, "--seconds", "6", "--clients", "4", "--json"]
            let run = try await cluster.start(words).finish(within: .seconds(120))
            #expect(run.code == 0, "\(run)")
            let result = try JSONDecoder().decode(Outcome.self, from: Data(run.lastLine.utf8))
            #expect(result.failed == 0, "\(run)")
            #expect(result.rows_found >= result.written, "\(run)")
            #expect(result.from != result.to)
        }

        private struct Outcome: Decodable {
            let from: String
            let to: String
            let written: Int
            let failed: Int
            let rows_found: Int
        }
    }
}
