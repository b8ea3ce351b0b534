import ClusterModel
import FakeBackend
import Orchestration
import Scripting
import Simulation

/// A cluster of so many nodes behind one balancer.
func topology(nodes: Int = 3, hold: Bool = true, sync: Int = 0) throws -> Topology {
    try Topology.load(
        [
            "cluster_name": "shop",
            "balancers": [
                ["name": "lb1", "replicas": .integer(nodes - 1), "hold": .boolean(hold), "sync": .integer(sync)]
            ],
        ],
        source: "the test"
    )
}

/// A folder that holds the configuration of that cluster, for scripts that read one.
func folder() throws -> TemporaryFolder {
    try TemporaryFolder(["cluster.lua": "return cluster \"shop\" { hold = true, balancer \"lb1\" { replicas = 2 } }"])
}

extension ScriptRunner {
    /// A runner on a simulated backend.
    init(on backend: any RehearsedBackend, console: any Console = Agreeable()) {
        self.init(orchestrator: Orchestrator(backend: backend), console: console)
    }
}

/// Says yes to everything.
struct Agreeable: Console {
    func confirm(_ question: String) async throws -> Bool { true }
    func print(_ line: String) {}
}

/// Runs a Lua text on simulated clusters on which everything goes wrong once.
func tried(
    _ script: String,
    _ arguments: [String] = [],
    topology: Topology?,
    seed: UInt64 = 1,
    runs: Int = 10,
    replay: String? = nil
) async throws -> TrialReport {
    let script = Script(name: "x.lua", source: script, origin: .file)
    let trial = Trial(topology: topology, seed: seed, runs: runs, replay: replay)
    let start = ScriptStart(command: "pgbc test x.lua", arguments: arguments, folder: ScriptFolder("/nowhere"))
    let run: TrialScript = { stage in try await ScriptRunner(on: stage.backend).run(script, start) }
    return try await SimulatedRehearsals().test(trial, script: run, progress: { _ in })
}
