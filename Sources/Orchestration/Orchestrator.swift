public import ClusterModel

/// The cluster operations: each observes, plans, acts and verifies. Those on a running cluster are in `Operations`.
public struct Orchestrator: Sendable {
    /// Where effects go.
    public let backend: any ClusterBackend
    /// Who is told.
    public let events: any EventSink
    /// Whether a lock that somebody else holds is taken away.
    public let breaksLock: Bool
    /// What the engine offers besides clusters; `nil` where there is no engine, as in a simulation.
    public let engine: (@Sendable () async throws -> any EngineServices)?

    /// Sends requests over HTTP for scripts; `nil` where nothing is sent, as in a simulation.
    public let web: (any WebClient)?
    /// The balancers that a topology can name.
    public let drivers: BalancerDrivers

    /// An orchestrator on a backend.
    public init(
        backend: any ClusterBackend,
        events: any EventSink = SilentSink(),
        breaksLock: Bool = false,
        engine: (@Sendable () async throws -> any EngineServices)? = nil,
        web: (any WebClient)? = nil,
        drivers: BalancerDrivers = .own
    ) {
        self.backend = backend
        self.events = events
        self.breaksLock = breaksLock
        self.engine = engine
        self.web = web
        self.drivers = drivers
    }

    /// An observation for a reader, of a cluster that has to exist.
    public func status(of cluster: String) async throws -> ObservedCluster {
        try await existing(cluster, depth: .glance)
    }

    /// What `apply` would do. It changes nothing, so an image that is not there is not pulled.
    public func plan(
        _ wanted: WantedTopology,
        of cluster: String,
        prune: Bool,
        renew: Bool = false
    ) async throws -> Plan {
        let observed = try await backend.observe(cluster, depth: .full)
        guard !observed.isBeingDestroyed else { return try await planAfterDestroy(wanted, observed, prune: prune) }
        let desired = try await topology(wanted, of: cluster, given: observed)
        let readable = observed.assumingKeptData(in: desired)
        var plan = try await difference(
            wanted,
            desired,
            given: readable,
            prune: prune,
            renew: renew,
            changesNothing: true
        )
        if readable != observed { plan.notes.append(.keptData(observed.volumes)) }
        return plan
    }

    /// The checked difference between what is wanted and what is there. What a cluster was last asked to be holds nothing that is not
    /// to be taken away.
    private func difference(
        _ wanted: WantedTopology,
        _ desired: Topology,
        given observed: ObservedCluster,
        prune: Bool,
        renew: Bool,
        changesNothing: Bool = false
    ) async throws -> Plan {
        let prune = prune || wanted == .asLastAsked
        let planner = Planner(desired: desired, observed: observed, prune: prune, renew: renew)
        let unknown = try await check(planner, changesNothing: changesNothing)
        var plan = planner.plan()
        try observed.requireReadableUpgrades(for: plan)
        plan.notes += unknown
        return plan
    }

    /// What `apply` would do for a topology that is complete already.
    public func plan(for desired: Topology, prune: Bool) async throws -> Plan {
        try await plan(.topology(desired), of: desired.name, prune: prune)
    }

    /// Makes the cluster as wanted. Without `prune` nothing is taken away; what a cut run had begun to take away goes when the
    /// cluster is made as it was last asked to be. What is wanted is worked out under the lock, so that nothing that somebody else
    /// asked for meanwhile is undone. With `renew` containers are made anew that would be made differently now. Returns the plan that was carried out.
    @discardableResult
    public func apply(
        _ wanted: WantedTopology,
        to cluster: String,
        prune: Bool,
        renew: Bool = false
    ) async throws -> Plan {
        let seen = try await backend.observe(cluster, depth: .control)
        // Checked before anything is locked, so that a mistake in a file touches nothing.
        let image =
            seen.isBeingDestroyed
            ? seen.topology?.nodeImage : try await topology(wanted, of: cluster, given: seen).nodeImage
        let plan = try await withLock(cluster, image: image) { lock -> Plan? in
            let observed = try await backend.observe(cluster, depth: .full)
            if observed.isBeingDestroyed {
                events.receive(.note("an earlier destroy of \(cluster) was cut: completing it first"))
                try await run(.destroy(observed, keepData: false), lock)
                return nil
            }
            return try await bringUp(wanted, observed, lock, prune: prune, renew: renew)
        }
        // The lock went with what was destroyed: begin anew.
        if let plan { return plan }
        return try await apply(wanted, to: cluster, prune: prune, renew: renew)
    }

    /// Plans and runs. Who chooses places at the same moment chooses the same ones, and one of the two gets them: the other one, whose
    /// run failed on that, chooses again. Each turn serves one of those who compete.
    private func bringUp(
        _ wanted: WantedTopology,
        _ first: ObservedCluster,
        _ lock: ClusterLock,
        prune: Bool,
        renew: Bool
    ) async throws -> Plan {
        var (observed, turns) = (first, 10)
        while true {
            let desired = try await topology(wanted, of: observed.name, given: observed)
            do {
                let plan = try await difference(wanted, desired, given: observed, prune: prune, renew: renew)
                try await run(plan, lock)
                return plan
            } catch {
                turns -= 1
                guard case .document = wanted, turns > 0, !Task.isCancelled,
                    let seen = try? await backend.observe(observed.name, depth: .full),
                    let other = try? await topology(wanted, of: seen.name, given: seen), other.places != desired.places
                else { throw error }
                events.receive(.note("others took places of \(seen.name) at the same moment: choosing new ones"))
                observed = seen
            }
        }
    }

    /// Makes the cluster as a topology says that is complete already.
    @discardableResult
    public func apply(_ desired: Topology, prune: Bool) async throws -> Plan {
        try await apply(.topology(desired), to: desired.name, prune: prune)
    }

    /// Removes everything of a cluster; with `keepData` its volumes stay. Returns the plan that was carried out.
    @discardableResult
    public func destroy(_ cluster: String, keepData: Bool) async throws -> Plan {
        let seen = try await existing(cluster, depth: .engine)
        return try await withLock(cluster, image: seen.topology?.nodeImage) { lock in
            let observed = try await backend.observe(cluster, depth: .control)
            if keepData, observed.isBeingDestroyed { throw ClusterError.halfDestroyed(cluster) }
            let plan = Plan.destroy(observed, keepData: keepData)
            try await run(plan, lock)
            return plan
        }
    }
}

extension Topology {
    /// All of which there is one on an engine, with whom it is for.
    fileprivate var places: Set<String> {
        Set(
            ["\(network.name) \(network.subnet)"]
                + balancers.flatMap { balancer in
                    [
                        "\(balancer.containerName) \(balancer.address) \(balancer.port) \(balancer.pcpPort) \(balancer.restPort)"
                    ]
                        + balancer.nodes.map { "\($0.containerName) \($0.address) \($0.port)" }
                }
        )
    }
}
