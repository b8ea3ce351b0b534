public import ClusterModel

/// The cluster operations: each observes, plans, acts and verifies.
public struct Orchestrator: Sendable {
    /// Where effects go.
    public let backend: any ClusterBackend
    /// Who is told.
    public let events: any EventSink
    /// Whether a lock that somebody else holds is taken away.
    public let breaksLock: Bool

    /// An orchestrator on a backend.
    public init(backend: any ClusterBackend, events: any EventSink = SilentSink(), breaksLock: Bool = false) {
        self.backend = backend
        self.events = events
        self.breaksLock = breaksLock
    }

    /// An observation for a reader, of a cluster that has to exist.
    public func status(of cluster: String) async throws -> ObservedCluster {
        try await existing(cluster, depth: .glance)
    }

    /// What `apply` would do.
    public func plan(for desired: Topology, prune: Bool) async throws -> Plan {
        let observed = try await backend.observe(desired.name, depth: .full)
        try await check(desired, observed: observed)
        return Planner(desired: desired, observed: observed, prune: prune).plan()
    }

    /// Makes the cluster as wanted. Without `prune` nothing is taken away. Returns the plan that was carried out.
    @discardableResult
    public func apply(_ desired: Topology, prune: Bool) async throws -> Plan {
        let plan: Plan? = try await withLock(desired.name, image: desired.nodeImage) {
            let observed = try await backend.observe(desired.name, depth: .full)
            if observed.isBeingDestroyed {
                events.receive(.note("an earlier destroy of \(desired.name) was cut: completing it first"))
                try await run(.destroy(observed, keepData: false))
                return nil
            }
            try await check(desired, observed: observed)
            let plan = Planner(desired: desired, observed: observed, prune: prune).plan()
            try await run(plan)
            return plan
        }
        // The lock went with what was destroyed: begin anew.
        if let plan { return plan }
        return try await apply(desired, prune: prune)
    }

    /// Removes everything of a cluster; with `keepData` its volumes stay. Returns the plan that was carried out.
    @discardableResult
    public func destroy(_ cluster: String, keepData: Bool) async throws -> Plan {
        let seen = try await existing(cluster, depth: .engine)
        return try await withLock(cluster, image: seen.topology?.nodeImage) {
            let observed = try await backend.observe(cluster, depth: .control)
            if keepData, observed.isBeingDestroyed { throw ClusterError.halfDestroyed(cluster) }
            let plan = Plan.destroy(observed, keepData: keepData)
            try await run(plan)
            return plan
        }
    }

    /// Adds replicas behind a balancer of a running cluster, clones, attaches and verifies them.
    @discardableResult
    public func addReplicas(_ count: Int, to balancer: String, of cluster: String) async throws -> Plan {
        try await change(cluster) { topology, _ in
            try topology.add(count, to: balancer, host: try await backend.hostUse(except: cluster))
        }
    }

    /// Takes replicas away: those named, or else the `count` with the highest numbers that are not primary now.
    @discardableResult
    public func removeReplicas(
        _ choice: ReplicaChoice,
        from balancer: String,
        of cluster: String
    ) async throws -> Plan {
        try await change(cluster) { topology, observed in
            try topology.remove(choice, from: balancer, observed: observed)
        }
    }

    /// Sets the number of replicas behind a balancer.
    @discardableResult
    public func scale(_ balancer: String, of cluster: String, to replicas: Int) async throws -> Plan {
        try await change(cluster) { topology, observed in
            let now = try topology.existing(balancer: balancer).replicas.count
            if replicas > now {
                try topology.add(replicas - now, to: balancer, host: try await backend.hostUse(except: cluster))
            } else if replicas < now {
                try topology.remove(.count(now - replicas), from: balancer, observed: observed)
            }
        }
    }

    /// Observes under the lock, changes what is wanted, and carries out the difference.
    private func change(
        _ cluster: String,
        _ edit: @Sendable (inout Topology, ObservedCluster) async throws -> Void
    ) async throws -> Plan {
        let seen = try await existing(cluster, depth: .engine)
        return try await withLock(cluster, image: seen.topology?.nodeImage) {
            let observed = try await existing(cluster, depth: .full)
            if observed.isBeingDestroyed { throw ClusterError.halfDestroyed(cluster) }
            guard var topology = observed.topology else { throw ClusterError.noTopology(cluster) }
            try await edit(&topology, observed)
            let plan = Planner(desired: topology, observed: observed, prune: true).plan()
            try await run(plan)
            return plan
        }
    }

    private func run(_ plan: Plan) async throws {
        guard !plan.isEmpty else { return }
        let events = events
        try await backend.prepare(plan) { events.receive(.note($0)) }
        try await Executor(backend: backend, events: events).run(plan)
    }

    private func existing(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        let observed = try await backend.observe(cluster, depth: depth)
        if observed.isAbsent { throw ClusterError.noCluster(cluster, known: try await backend.clusters()) }
        return observed
    }

    /// What cannot be done to a running cluster, and what others are in the way of.
    private func check(_ desired: Topology, observed: ObservedCluster) async throws {
        let refusals = observed.refusals(of: desired)
        guard refusals.isEmpty else {
            throw ClusterError(
                .invalid,
                operation: "change \(desired.name)",
                message: "a running cluster cannot be changed like this",
                advice: "give back the old values, or destroy the cluster and init it anew",
                details: refusals
            )
        }
        let problems = desired.conflicts(with: try await backend.hostUse(except: desired.name))
        guard !problems.isEmpty else { return }
        throw ClusterError(
            .conflict,
            operation: "bring up \(desired.name)",
            message: problems.count == 1 ? "something else is in the way" : "\(problems.count) things are in the way",
            details: problems.map(\.description)
        )
    }

    private func withLock<Result: Sendable>(
        _ cluster: String,
        image: String?,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try await backend.lock(cluster, image: image, breaking: breaksLock)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await giveBack(lock)
        return try result.get()
    }

    /// The lock has to go even when the task was cancelled, and its own failure does not undo what was done.
    private func giveBack(_ lock: ClusterLock) async {
        let backend = backend
        do {
            try await Task.detached { try await backend.unlock(lock) }.value
        } catch {
            events.receive(.note("the lock of \(lock.cluster) could not be given back: \(error)"))
        }
    }
}

extension ClusterError {
    static func noCluster(_ name: String, known: [String]) -> ClusterError {
        ClusterError(
            .notFound,
            operation: "find cluster \(name)",
            message: known.isEmpty
                ? "the engine holds no cluster" : "the engine holds \(known.joined(separator: ", "))",
            advice: "pgbc init --config FILE creates one; pgbc list shows what there is"
        )
    }

    static func halfDestroyed(_ cluster: String) -> ClusterError {
        ClusterError(
            .conflict,
            operation: "change \(cluster)",
            message: "an earlier destroy of it was cut, and some of its data may be gone",
            advice: "pgbc destroy \(cluster) completes it"
        )
    }

    static func noTopology(_ cluster: String) -> ClusterError {
        ClusterError(
            .notFound,
            operation: "read the topology of \(cluster)",
            message: "none of its containers or volumes carries one",
            advice: "run init with the configuration file again, or destroy the cluster"
        )
    }
}
