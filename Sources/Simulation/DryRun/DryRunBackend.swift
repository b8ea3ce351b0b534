internal import ClusterModel
internal import Orchestration

/// Answers from the real clusters until a change would touch them, and from a simulation of them from then on.
actor DryRunBackend: RehearsedBackend {
    nonisolated var executor: any TaskExecutor { clock }
    nonisolated let clock: VirtualTime
    private let real: any ClusterBackend
    private let simulation: SimulatedBackend
    /// Clusters that something would have been done to.
    private var touched: Set<String> = []
    private var changes: [DryRunReport.Change] = []
    private var unknown: [String] = []

    init(over real: any ClusterBackend) {
        self.real = real
        clock = VirtualTime()
        simulation = SimulatedBackend(seed: 0, writesPerSecond: 0, clock: clock)
    }

    func report() async -> DryRunReport {
        var end: [ObservedCluster] = []
        for name in touched.sorted() {
            if let cluster = try? await simulation.observe(name, depth: .full) { end.append(cluster) }
        }
        return DryRunReport(changes: changes, end: end, unknown: unknown)
    }

    func randomWord() async -> UInt64 { await simulation.randomWord() }
    nonisolated var now: Double { clock.now }

    nonisolated func outside<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result? {
        try await clock.outside(work)
    }

    func wouldDo(_ title: String) async {
        _ = record(.init(cluster: "", title: title, cause: "the script asks for it"))
    }

    func time() async -> Double { clock.now }
    func sleep(_ seconds: Double) async throws { try await clock.sleep(seconds) }

    func clusters() async throws -> [String] {
        let there = try await clock.outside { try await real.clusters() }.filter { !touched.contains($0) }
        return (there + (try await simulation.clusters())).sorted()
    }

    func hostUse(except cluster: String?) async throws -> HostUse {
        try await clock.outside { try await real.hostUse(except: cluster) }
    }

    func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        if touched.contains(cluster) { return try await simulation.observe(cluster, depth: depth) }
        return try await clock.outside { try await real.observe(cluster, depth: depth) }
    }

    func postgresVersion(of image: String, pulling: ProgressHandler?) async throws -> String? {
        do {
            return try await clock.outside { try await real.postgresVersion(of: image, pulling: nil) }
        } catch let error as ClusterError {
            guard error.code == .notFound else { throw error }
            doubt(
                "which PostgreSQL \(image) holds: it is not there, and a dry run pulls nothing"
            )
            return nil
        }
    }

    func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws {
        let creates = plan.steps.contains { step in
            switch step.action {
            case .createNode, .createBalancer: true
            default: false
            }
        }
        if creates { doubt("whether the images for \(plan.cluster) are there, or can be had") }
    }

    func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        try await touch(plan.cluster)
        let number = step.isWait ? nil : record(step.change(of: plan.cluster))
        do {
            return try await simulation.perform(step, of: plan, progress: progress)
        } catch let error as ClusterError {
            let number = number ?? record(step.change(of: plan.cluster))
            changes[number].problem = error.message
            throw error
        }
    }

    func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        let owner = touched.contains(cluster) ? nil : try await observe(cluster, depth: .engine).lockedBy
        if let owner { doubt("when \(owner) is done with \(cluster): it would have to wait for the lock") }
        return try await simulation.lock(cluster, image: image, breaking: breaking)
    }

    func unlock(_ lock: ClusterLock) async throws { try await simulation.unlock(lock) }

    func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        if query.writes { return try await change(query, on: target) }
        guard touched.contains(target.cluster) else {
            return try await clock.outside { try await real.query(query, on: target) }
        }
        do {
            return try await simulation.query(query, on: target)
        } catch let error as ClusterError {
            guard await stillStands(target) else { throw error }
            doubt("what \(target.name) answers to \"\(query.text.prefix(60))\": what it answers now was taken")
            return try await clock.outside { try await real.query(query, on: target) }
        }
    }

    private func change(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        try await touch(target.cluster)
        let title = "run \"\(query.text.prefix(60))\" on \(target.name)"
        _ = record(.init(cluster: target.cluster, title: title, cause: "the script asks for it"))
        doubt("what \"\(query.text.prefix(60))\" changes on \(target.name), and whether it succeeds")
        do {
            return try await simulation.query(query, on: target)
        } catch {
            return SQLResult(columns: [], rows: [])
        }
    }

    func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try await touch(target.cluster)
        let words = command.joined(separator: " ")
        let title = "run \(words.prefix(60)) in \(target.name)"
        _ = record(.init(cluster: target.cluster, title: title, cause: "the script asks for it"))
        doubt("what \(words.prefix(60)) does in \(target.name), and prints")
        return try await simulation.execute(command, on: target)
    }

    func fence(_ target: Target) async throws {
        try await touch(target.cluster)
        let cause = "the script asks for it"
        _ = record(.init(cluster: target.cluster, title: "kill \(target.name)", cause: cause, isDestructive: true))
        try await simulation.fence(target)
    }

    func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        if await stillStands(target) {
            return try await clock.outside { try await real.logs(of: target, options: options) }
        }
        return try await simulation.logs(of: target, options: options)
    }

    func connectionString(for target: Target, database: String?) async throws -> String {
        guard await stillStands(target) else {
            return try await simulation.connectionString(for: target, database: database)
        }
        return try await clock.outside { try await real.connectionString(for: target, database: database) }
    }

    func settings(of target: Target) async throws -> [NodeSetting] {
        let there = await stillStands(target) ? try await clock.outside { try await real.settings(of: target) } : []
        guard touched.contains(target.cluster) else { return there }
        let changed = try await simulation.settings(of: target)
        let names = Set(changed.map(\.name))
        return (there.filter { !names.contains($0.name) } + changed).sorted { $0.name < $1.name }
    }

    func history(of target: Target) async throws -> [Document] {
        let there = await stillStands(target) ? try await clock.outside { try await real.history(of: target) } : []
        guard touched.contains(target.cluster) else { return there }
        return there + (try await simulation.history(of: target))
    }

    /// From here on the simulation stands for the cluster, as it was found.
    private func touch(_ cluster: String) async throws {
        guard !touched.contains(cluster) else { return }
        let found = try await clock.outside { try await real.observe(cluster, depth: .full) }
        // several steps may come at the same time, and the first one has brought the cluster over
        guard touched.insert(cluster).inserted, !found.isAbsent else { return }
        await simulation.place(found)
    }

    /// Whether the real container of a target is still the one to ask.
    private func stillStands(_ target: Target) async -> Bool {
        guard touched.contains(target.cluster) else { return true }
        guard let seen = try? await observeReal(target.cluster)?.balancer(target.balancer) else { return false }
        return target.node.map { seen.node($0)?.container?.state == .running } ?? (seen.container?.state == .running)
    }

    private func observeReal(_ cluster: String) async throws -> ObservedCluster? {
        try await clock.outside { try await real.observe(cluster, depth: .engine) }
    }

    private func record(_ change: DryRunReport.Change) -> Int {
        changes.append(change)
        return changes.count - 1
    }

    private func doubt(_ sentence: String) {
        if !unknown.contains(sentence) { unknown.append(sentence) }
    }
}

extension Step {
    fileprivate func change(of cluster: String) -> DryRunReport.Change {
        DryRunReport.Change(cluster: cluster, title: title, cause: cause, isDestructive: isDestructive)
    }

    /// True when it only waits for what other steps bring about.
    fileprivate var isWait: Bool {
        switch action {
        case .awaitSeed, .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached,
            .awaitWatcher:
            true
        default: false
        }
    }
}
