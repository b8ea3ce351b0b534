import Foundation
import Testing

extension OnARealEngine {
    /// With --dry-run nothing changes: not on the engine, not on the control volume, not in PostgreSQL.
    @Suite(.cluster("balancer \"lb1\" { replicas = 2, hold = true, settings = { autovacuum = \"off\" } }"))
    struct DryRunTests {
        /// Every bundled recipe with arguments that would have it change something, if it changes anything.
        private static let recipes: [String: [String]] = [
            "add-replica": ["--count", "1"],
            "apply": ["--prune", "--config", "smaller.lua"],
            "configure": ["work_mem=9MB", "max_connections=150"],
            "destroy": ["--yes"],
            "doctor": [],
            "dsn": ["--balancer", "lb1"],
            "exec": ["--target", "lb1", "--command", "touch", "--command", "/pgbc/control/touched"],
            "export": ["--format", "lua"],
            "failover": ["--force", "--yes"],
            "health": [],
            "history": [],
            "init": ["--config", "larger.lua"],
            "list": [],
            "load": ["--seconds", "1", "--clients", "1"],
            "logs": ["--tail", "1"],
            "maintenance": ["lb1-replica1", "on"],
            "pause": ["--seconds", "3"],
            "plan": ["--config", "larger.lua"],
            "promote": ["lb1-replica1"],
            "rejoin": ["lb1-replica2", "--reclone", "--yes"],
            "remove-replica": ["--count", "1"],
            "replace": ["lb1-replica1", "--yes"],
            "restart": ["lb1-replica1"],
            "resume": [],
            "rolling-restart": [],
            "scale": ["--replicas", "4"],
            "secrets": ["rotate"],
            "status": [],
            "switchover": [],
            "upgrade": ["--image", OtherPostgres.seventeen],
            "validate": ["--config", "larger.lua"],
            "watch": ["--rounds", "1"],
        ]

        @Test func `no bundled recipe changes anything`() async throws {
            try await OtherPostgres.prepare()
            let cluster = try SharedCluster.running
            try await cluster.becomesHealthy()
            _ = try await cluster.node("lb1-primary").run(
                "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1), (2), (3)"
            )
            let described = "return cluster \"\(cluster.name)\" { balancer \"lb1\" "
            try cluster.write(described + "{ replicas = 0, hold = true } }", to: "smaller.lua")
            try cluster.write(described + "{ replicas = 3, hold = true } }", to: "larger.lua")
            #expect(try await cluster.bundledRecipes() == Self.recipes.keys.sorted(), "a recipe has no arguments here")
            let before = try await cluster.footprint()
            for (recipe, arguments) in Self.recipes.sorted(by: { $0.key < $1.key }) {
                let run = try await cluster.rehearse(recipe, arguments)
                #expect(run.code == 0, "\(run)")
                let differences = try await cluster.footprint().differences(from: before)
                #expect(differences.isEmpty, "\(recipe): \(differences.joined(separator: "\n"))\n\(run)")
            }
            try await cluster.becomesHealthy()
        }
    }
}

extension Cluster {
    fileprivate func footprint() async throws -> Footprint { try await Footprint(of: self) }

    fileprivate func bundledRecipes() async throws -> [String] {
        struct Row: Decodable { let recipe: String }
        let listed = try await succeed("recipe", "list", "--json")
        return try JSONDecoder().decode([Row].self, from: Data(listed.lastLine.utf8)).map(\.recipe).sorted()
    }

    fileprivate func rehearse(_ recipe: String, _ arguments: [String]) async throws -> Finished {
        let target = arguments.contains("--config") ? [] : ["--cluster", name]
        return try await start(["run", recipe, "--dry-run"] + target + arguments).finish(within: .seconds(60))
    }
}
