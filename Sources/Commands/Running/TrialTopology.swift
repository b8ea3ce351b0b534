internal import ClusterModel
internal import Orchestration
internal import Scripting

/// The clusters that scripts are tested on.
enum TrialTopology {
    /// So many nodes behind as few balancers as there have to be, with room for more replicas behind each.
    static func topology(nodes: Int, hold: Bool, sync: Int) throws -> Topology {
        let count = (nodes + mostNodes - 1) / mostNodes
        let balancers = (0..<count).map { index -> Document in
            let share = nodes / count + (index < nodes % count ? 1 : 0)
            return [
                "name": .string("lb\(index + 1)"), "replicas": .integer(share - 1), "hold": .boolean(hold),
                "sync": .integer(min(sync, share - 1)),
            ]
        }
        let document: Document = ["cluster_name": "trial", "balancers": .array(balancers)]
        do {
            return try Topology.load(document, source: "the simulated cluster")
        } catch {
            throw ClusterError(error)
        }
    }

    /// Behind one balancer there can be 32.
    private static let mostNodes = 24

    /// What a configuration file says.
    static func topology(file: String, _ context: CommandContext) async throws -> Topology {
        let script = Script(name: "pgbc test", source: "return pgbc.topology(...).document", origin: .bundled)
        let start = ScriptStart(command: "pgbc test", arguments: [file], folder: context.folder)
        let runner = ScriptRunner(
            orchestrator: Orchestrator(backend: context.backend, drivers: context.checked.drivers),
            plugins: context.plugins
        )
        let document = try await runner.run(script, start)
        do {
            return try Topology.load(document, source: file, drivers: context.checked.drivers)
        } catch {
            throw ClusterError(error)
        }
    }
}
