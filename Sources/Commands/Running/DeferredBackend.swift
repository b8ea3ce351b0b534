internal import ClusterModel
internal import Orchestration

/// Opens the engine when it is first asked for something, so that what needs no engine needs none.
actor DeferredBackend: ClusterBackend {
    private let open: @Sendable () async throws -> any ClusterBackend
    private var opened: (any ClusterBackend)?
    private var isOpening = false
    private var waiting: [CheckedContinuation<any ClusterBackend, any Error>] = []

    init(_ open: @escaping @Sendable () async throws -> any ClusterBackend) { self.open = open }

    private var backend: any ClusterBackend {
        get async throws {
            if let opened { return opened }
            // Whoever comes while the engine is being opened waits for the same one.
            if isOpening { return try await withCheckedThrowingContinuation { waiting.append($0) } }
            isOpening = true
            do {
                let backend = try await open()
                opened = backend
                settle(.success(backend))
                return backend
            } catch {
                settle(.failure(error))
                throw error
            }
        }
    }

    private func settle(_ result: Result<any ClusterBackend, any Error>) {
        isOpening = false
        let callers = waiting
        waiting = []
        for caller in callers { caller.resume(with: result) }
    }

    func clusters() async throws -> [String] { try await backend.clusters() }

    func hostUse(except cluster: String?) async throws -> HostUse { try await backend.hostUse(except: cluster) }

    func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        try await backend.observe(cluster, depth: depth)
    }

    func observeAsLeft(_ cluster: String) async throws -> ObservedCluster {
        try await backend.observeAsLeft(cluster)
    }

    func postgresVersion(of image: String, pulling: ProgressHandler?) async throws -> String? {
        try await backend.postgresVersion(of: image, pulling: pulling)
    }

    func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws {
        try await backend.prepare(plan, progress: progress)
    }

    func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        try await backend.perform(step, of: plan, progress: progress)
    }

    func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        try await backend.lock(cluster, image: image, breaking: breaking)
    }

    func unlock(_ lock: ClusterLock) async throws { try await backend.unlock(lock) }

    func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        try await backend.query(query, on: target)
    }

    func rows(_ query: SQLQuery, on target: Target, batch: Int) async throws -> any RowSource {
        try await backend.rows(query, on: target, batch: batch)
    }

    func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try await backend.execute(command, on: target)
    }

    func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        try await backend.logs(of: target, options: options)
    }

    func settings(of target: Target) async throws -> [NodeSetting] { try await backend.settings(of: target) }

    func history(of target: Target) async throws -> [Document] { try await backend.history(of: target) }

    func fence(_ target: Target) async throws { try await backend.fence(target) }

    func connectionString(for target: Target, database: String?) async throws -> String {
        try await backend.connectionString(for: target, database: database)
    }
}
