internal import ClusterModel

extension Orchestrator {
    /// Observes under the lock, changes what is wanted, and carries out the difference.
    func change(
        _ cluster: String,
        _ edit: @Sendable (inout Topology, ObservedCluster) async throws -> Void
    ) async throws -> Plan {
        try await operate(on: cluster) { observed in
            guard var topology = observed.topology else { throw ClusterError.noTopology(cluster) }
            try await edit(&topology, observed)
            return Planner(desired: topology, observed: observed, prune: true).plan()
        }
    }

    /// Observes a cluster under its lock, and carries out the plan that is made of that. Returns the plan.
    func operate(
        on cluster: String,
        _ plan: @Sendable (ObservedCluster) async throws -> Plan
    ) async throws -> Plan {
        try await holding(cluster) { observed, lock in
            let plan = try await plan(observed)
            try observed.requireReadableUpgrades(for: plan)
            try await run(plan, lock)
            return plan
        }
    }

    /// Observes a cluster under its lock; refuses one that is half destroyed.
    func holding<Result: Sendable>(
        _ cluster: String,
        _ body: (ObservedCluster, ClusterLock) async throws -> Result
    ) async throws -> Result {
        let seen = try await existing(cluster, depth: .engine)
        return try await withLock(cluster, image: seen.topology?.nodeImage) { lock in
            let observed = try await existing(cluster, depth: .full)
            if observed.isBeingDestroyed { throw ClusterError.halfDestroyed(cluster) }
            return try await body(observed, lock)
        }
    }

    func run(_ plan: Plan, _ lock: ClusterLock) async throws {
        for note in plan.notes { events.receive(.note(note)) }
        guard !plan.isEmpty else { return }
        var plan = plan
        plan.lock = lock.id
        let events = events
        try await backend.prepare(plan) { events.receive(.note($0)) }
        do {
            try await Executor(backend: backend, events: events).run(plan)
        } catch {
            await putBack(after: plan)
            throw error
        }
    }

    /// A node that a failed plan took out of its balancer, and that works, is put back: it was not to stay out.
    private func putBack(after failed: Plan) async {
        let borrowed = failed.steps.compactMap { step -> Step? in
            guard case .attach(let balancer, let node) = step.action else { return nil }
            let isTaken = failed.steps.contains { $0.action == .detach(balancer: balancer, node: node) }
            return isTaken ? step : nil
        }
        guard !Task.isCancelled, !borrowed.isEmpty else { return }
        do {
            let seen = try await backend.observe(failed.cluster, depth: .full)
            let fit = borrowed.filter { seen.isBackInPlace($0) }
            guard !fit.isEmpty else { return }
            var plan = Plan(
                cluster: failed.cluster,
                desired: seen.topology ?? failed.desired,
                steps: fit.map {
                    Step(id: $0.id, action: $0.action, title: $0.title, cause: "what it was taken out for has failed")
                }
            )
            plan.lock = failed.lock
            try await Executor(backend: backend, events: events).run(plan)
        } catch {
            events.receive(.note("a node could not be put back into its balancer: \(error)"))
        }
    }

    func existing(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        let observed = try await backend.observe(cluster, depth: depth)
        if observed.isAbsent { throw ClusterError.noCluster(cluster, known: try await backend.clusters()) }
        return observed
    }

    func withLock<Result: Sendable>(
        _ cluster: String,
        image: String?,
        _ body: (ClusterLock) async throws -> Result
    ) async throws -> Result {
        let lock = try await backend.lock(cluster, image: image, breaking: breaksLock)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(lock))
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
            let executor = (backend as? any RehearsedBackend)?.executor
            try await Task.detached(executorPreference: executor) { try await backend.unlock(lock) }.value
        } catch {
            events.receive(.note("the lock of \(lock.cluster) could not be given back: \(error)"))
        }
    }
}

extension ObservedCluster {
    /// True when the node that a step attaches streams, and its balancer does not serve it.
    fileprivate func isBackInPlace(_ step: Step) -> Bool {
        guard case .attach(let name, let id) = step.action, let balancer = balancer(name),
            let node = balancer.nodes.first(where: { $0.spec.id == id })
        else { return false }
        let isServing = balancer.pool?.nodes.first { $0.id == id }?.isServing == true
        return node.postgres?.isStreaming == true && !isServing
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
