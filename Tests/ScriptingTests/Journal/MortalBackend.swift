import ClusterModel
import FakeBackend
import Orchestration
import Scripting
import Synchronization

/// Whether a simulated process is still alive.
final class Life: Sendable {
    private let state = Mutex(true)

    var goesOn: Bool { state.withLock { $0 } }

    func end() { state.withLock { $0 = false } }
}

/// A journal whose process dies when so many bytes have been written.
final class MortalStore: JournalStore {
    private let kept = MemoryJournalStore()
    private let limit: Int
    private let life: Life

    init(limit: Int, life: Life) {
        self.limit = limit
        self.life = life
    }

    var bytes: [UInt8] { kept.bytes }

    func append(_ bytes: [UInt8]) {
        guard life.goesOn else { return }
        let room = limit - kept.bytes.count
        kept.append(Array(bytes.prefix(room)))
        if bytes.count >= room { life.end() }
    }

    func contents() -> [UInt8] { kept.bytes }
    func truncate(to length: Int) { kept.truncate(to: length) }
    func flush() {}
    func discard() { kept.discard() }
}

/// An engine that a dead process can no longer reach.
struct MortalBackend: ClusterBackend {
    let engine: FakeBackend
    let life: Life

    private func reach() throws -> FakeBackend {
        guard life.goesOn else { throw ClusterError(.failed, operation: "reach the engine", message: "killed") }
        return engine
    }

    func clusters() async throws -> [String] { try await reach().clusters() }
    func hostUse(except cluster: String?) async throws -> HostUse { try await reach().hostUse(except: cluster) }

    func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        try await reach().observe(cluster, depth: depth)
    }

    func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws {
        try await reach().prepare(plan, progress: progress)
    }

    func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        try await reach().perform(step, of: plan, progress: progress)
    }

    func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        try await reach().lock(cluster, image: image, breaking: breaking)
    }

    func unlock(_ lock: ClusterLock) async throws { try await reach().unlock(lock) }

    func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        try await reach().query(query, on: target)
    }

    func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try await reach().execute(command, on: target)
    }

    func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        try await reach().logs(of: target, options: options)
    }

    func connectionString(for target: Target, database: String?) async throws -> String {
        try await reach().connectionString(for: target, database: database)
    }
}
