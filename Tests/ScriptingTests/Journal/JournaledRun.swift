import ClusterModel
import FakeBackend
import Orchestration
import Scripting

/// A script that is recorded in memory while it runs on an engine in memory.
struct JournaledRun {
    let script: Script
    var start = ScriptStart(command: "pgbc run x.lua", cluster: "shop", folder: ScriptFolder("/nowhere"))

    init(_ source: String) { script = Script(name: "x.lua", source: source, origin: .file) }

    /// Runs it from its beginning.
    func run(on backend: any ClusterBackend, store: any JournalStore) async throws -> Document {
        let journal = RunJournal(beginning: RunHeader(script: script, start: start, seed: 7), in: store, eager: true)
        return try await runner(backend).run(script, start, journal: journal)
    }

    /// Goes on with it.
    func resume(
        on backend: any ClusterBackend,
        store: any JournalStore,
        doubt: RunJournal.Doubt = .refuse
    ) async throws -> Document {
        let journal = try RunJournal(resuming: store, doubt: doubt)
        return try await runner(backend).run(script, start, journal: journal)
    }

    /// Runs it until its process dies after so many bytes of its journal, and gives these bytes.
    func runUntilKilled(after bytes: Int, on engine: FakeBackend) async -> [UInt8] {
        let life = Life()
        let store = MortalStore(limit: bytes, life: life)
        _ = try? await run(on: MortalBackend(engine: engine, life: life), store: store)
        return store.bytes
    }

    private func runner(_ backend: any ClusterBackend) -> ScriptRunner {
        ScriptRunner(orchestrator: Orchestrator(backend: backend))
    }
}

extension FakeBackend {
    /// How many replicas `lb1` of the cluster shop was asked to have.
    var wantedReplicas: Int? { held["shop"]?.topology?.balancer("lb1")?.replicas.count }
}
