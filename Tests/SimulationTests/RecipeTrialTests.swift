import FakeBackend
import Scripting
import Simulation
import Testing

@Suite struct `Every bundled recipe` {
    /// The recipes with arguments that fit a cluster of three nodes. One that needs an engine is not among them: `doctor`.
    static let calls: [[String]] = [
        ["init", "--empty", "--config", "cluster.lua"], ["apply"], ["plan"], ["list"], ["health"], ["history"],
        ["export"],
        ["dsn"], ["logs"], ["pause"], ["status"], ["load", "--seconds", "3"], ["add-replica"],
        ["scale", "--replicas", "4"],
        ["scale", "--replicas", "0"], ["remove-replica", "--node", "lb1-replica1"], ["destroy", "--yes"],
        ["destroy", "--yes", "--keep-data"], ["switchover"], ["switchover", "--to", "lb1-replica2"],
        ["promote", "lb1-replica1"], ["failover", "--force", "--yes"], ["restart", "lb1-replica1"],
        ["restart", "lb1-primary", "--in-place"], ["rolling-restart"], ["configure", "work_mem=8MB"],
        ["configure", "max_connections=200"], ["configure", "hold=false"], ["configure", "sync=1"],
        ["configure", "pool.num_init_children=8"], ["secrets", "rotate"], ["maintenance", "lb1-replica1", "on"],
        ["rejoin", "lb1-replica1"],
        ["rejoin", "lb1-replica1", "--reclone", "--yes"], ["replace", "lb1-replica1", "--yes"],
        ["upgrade", "--image", "postgres:15.9"], ["upgrade", "--image", "postgres:17.5"], ["watch", "--rounds", "3"],
        ["resume"],
        ["validate", "--empty", "--config", "cluster.lua"],
        ["exec", "--target", "lb1-primary", "--command", "ls"],
    ]

    @Test func `is tried`() {
        let tried = Set(Self.calls.map { $0[0] })
        #expect(Set(RecipeShelf(folder: ScriptFolder("/nowhere")).names).subtracting(tried) == ["doctor"])
    }

    @Test(arguments: calls)
    func `keeps every promise whatever goes wrong`(call: [String]) async throws {
        let files = try folder()
        let words = ["test", "--seed", "11", "--runs", "12"] + call.dropFirst().filter { $0 == "--empty" }
        let rest = call.filter { $0 != "--empty" }
        let run = await FakeRun(words + rest, in: files.folder, rehearsals: SimulatedRehearsals())
        #expect(run.code == 0, "\(run.output)\(run.errors)")
    }
}
