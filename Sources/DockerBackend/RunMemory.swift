internal import ClusterModel
internal import DockerEngine
internal import Orchestration
internal import Synchronization

/// What need not be asked of the engine, or done, again while one lock is held. It is kept by the lock's number, so that nothing of it
/// outlives the run, except for what it wrote down last, and for secrets.
final class RunMemory: Sendable {
    /// What is known of one run.
    struct Run: Sendable {
        var secrets: Secrets?
        /// Those that it changes, as they were before.
        var secretsBefore: [SecretName: String] = [:]
        /// The run made the control volume itself, so that nothing can be on it but what the run wrote.
        var madeControlVolume = false
        /// Nothing was written there yet either.
        var hasEmptyControlVolume = false
        /// What was written down last.
        var wanted: Topology?
        /// The run has removed its own lock, with the control volume that it is about to remove.
        var hasDroppedLock = false
        /// Containers that were created and filled by this run, by name, and not started yet.
        var filled: Set<String> = []
    }

    /// What balancers show their clients, by the balancers' containers.
    let views = SharedLooks<ClientsView>()

    private let written = Mutex<[String: Topology]>([:])

    /// By the name of the control volume and the time when it was made: a volume of the same name may be another one.
    private let passwords = Mutex<[String: Secrets]>([:])

    private let runs = Mutex<[String: Run]>([:])

    /// What is known of the run under this lock.
    subscript(lock: String) -> Run { runs.withLock { $0[lock] } ?? Run() }

    func note(_ lock: String, _ change: @Sendable (inout Run) -> Void) {
        runs.withLock { change(&$0[lock, default: Run()]) }
    }

    /// Ends the memory of a run, except for what it wrote down last.
    func forget(_ lock: ClusterLock) {
        let wanted = runs.withLock { $0.removeValue(forKey: lock.id)?.wanted }
        written.withLock { $0[lock.cluster] = wanted }
    }

    /// What the last run on a cluster wrote down of it; `nil` when it wrote nothing.
    func left(of cluster: String) -> Topology? { written.withLock { $0[cluster] } }

    /// The secrets on a control volume, if this process has read them.
    func secrets(on volume: VolumeDetails) -> Secrets? { passwords.withLock { $0["\(volume.name) \(volume.created)"] } }

    /// They were changed, or may have been by somebody else: the next question reads them again.
    func forgetSecrets() { passwords.withLock { $0.removeAll() } }

    func note(_ secrets: Secrets, on volume: VolumeDetails) {
        guard !volume.created.isEmpty else { return }
        passwords.withLock { $0["\(volume.name) \(volume.created)"] = secrets }
    }
}
