internal import ClusterModel
internal import Orchestration
internal import PluginAPI
internal import Scripting
internal import Synchronization

/// A script that is run again and again on simulated clusters; each run has a journal of its own, from which it is resumed.
final class RehearsedScript: Sendable {
    private let script: Script
    private let start: ScriptStart
    private let plugins: [any Plugin]
    private let journals = Mutex<[String: MemoryJournalStore]>([:])

    init(script: Script, start: ScriptStart, plugins: [any Plugin]) {
        self.script = script
        self.start = start
        self.plugins = plugins
    }

    /// Runs it once, or goes on with the run of that name that was cut.
    func run(on stage: TrialStage) async throws -> Document {
        let runner = ScriptRunner(
            orchestrator: Orchestrator(
                backend: stage.backend,
                events: stage.events,
                drivers: BalancerDrivers(adding: plugins.flatMap(\.balancers))
            ),
            console: AgreeingConsole(),
            plugins: plugins
        )
        do {
            return try await runner.run(script, start, journal: try journal(for: stage))
        } catch let error as ScriptError {
            throw Self.clusterError(error)
        }
    }

    private func journal(for stage: TrialStage) throws -> RunJournal? {
        guard stage.mayDie || stage.resumes else { return nil }
        if stage.resumes, let kept = journals.withLock({ $0.removeValue(forKey: stage.name) }), !kept.bytes.isEmpty {
            return try RunJournal(resuming: MemoryJournalStore(kept.bytes), doubt: .repeat, ignoringTheWorld: true)
        }
        let store = MemoryJournalStore()
        if !stage.resumes { journals.withLock { $0 = [stage.name: store] } }
        let header = RunHeader(script: script, start: start, seed: 1)
        return RunJournal(beginning: header, in: MortalStore(store: store, isAlive: stage.isAlive))
    }

    /// The error with the code that decides what a second run may end with.
    private static func clusterError(_ error: ScriptError) -> ClusterError {
        if let cause = error.cause as? ClusterError { return cause }
        let report = ErrorReport(error)
        let codes: [ClusterError.Code] = [.invalid, .notFound, .conflict, .verificationFailed, .timedOut, .cancelled]
        return ClusterError(
            codes.first { $0.description == report.code } ?? .failed,
            operation: "run the script",
            message: report.location.map { "\($0): \(report.message)" } ?? report.message
        )
    }
}

/// A journal that nothing reaches any more once pgbc has died.
private struct MortalStore: JournalStore {
    let store: MemoryJournalStore
    let isAlive: @Sendable () -> Bool

    func append(_ bytes: [UInt8]) { if isAlive() { store.append(bytes) } }
    func contents() -> [UInt8] { store.contents() }
    func truncate(to length: Int) { if isAlive() { store.truncate(to: length) } }
    func flush() {}
    func discard() { if isAlive() { store.discard() } }
}

/// Says yes to every question, and keeps nothing of what is printed.
private struct AgreeingConsole: Console {
    func confirm(_ question: String) async throws -> Bool { true }
    func print(_ line: String) {}
}
