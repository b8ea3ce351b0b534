public import ClusterModel

/// What came of a change of settings.
public struct SettingChange: Sendable, Equatable {
    /// The plan that was carried out.
    public var plan: Plan
    /// Settings that wait for a restart, by the node's host name; nodes without any are missing.
    public var pending: [String: [String]]
    /// True when the primary has to be restarted before its replicas: one of the settings that a replica must have at least as high as
    /// its primary was lowered.
    public var primaryFirst: Bool
}

extension Orchestrator {
    /// Changes settings of a balancer's nodes, or of one node, and what the balancer promises its clients; checks them first, writes them
    /// down, has everything reloaded, and looks what PostgreSQL made of them. What it refuses is taken back.
    public func set(
        _ changes: [Document.Member],
        balancer: String,
        node: String? = nil,
        of cluster: String
    ) async throws -> SettingChange {
        try await holding(cluster) { observed, lock in
            let scene = try Scene(observed, balancer: balancer, to: "change settings of \(node ?? balancer)")
            let changed = try node.map { try scene.node($0).spec.host }
            let wanted = try edited(scene.topology, balancer: balancer, node: changed, changes)
            try await refuseUnknown(changes, scene)
            let primaryFirst = try await lowersPrimary(scene, changes)
            let planner = Planner(desired: wanted, observed: observed, prune: false)
            try await check(planner)
            let plan = planner.plan()
            try observed.requireReadableUpgrades(for: plan)
            do {
                try await run(plan, lock)
                let seen = try await existing(cluster, depth: .full)
                try refuseRefused(in: seen, balancer, scene)
                return SettingChange(plan: plan, pending: seen.pending(of: balancer), primaryFirst: primaryFirst)
            } catch {
                try await takeBack(to: scene.topology, cluster, lock)
                throw error
            }
        }
    }

    private func edited(
        _ topology: Topology,
        balancer: String,
        node: String?,
        _ changes: [Document.Member]
    ) throws(ClusterError) -> Topology {
        do {
            return try topology.changing(balancer: balancer, node: node, changes)
        } catch {
            throw ClusterError(error)
        }
    }

    /// A server reads none of its settings while one of them is unknown to it. One with a dot is an extension's, and may be.
    private func refuseUnknown(_ changes: [Document.Member], _ scene: Scene) async throws {
        let names = changes.filter { !$0.value.isNull && Topology.isSetting($0.key) && !$0.key.contains(".") }.map(
            \.key
        )
        guard !names.isEmpty, let primary = scene.balancer.primary?.spec.host else { return }
        let target = Target(cluster: scene.topology.name, balancer: scene.name, node: primary)
        var known = Set(try await backend.settings(of: target).map { $0.name.lowercased() })
        // A simulated server lists what was set there, not all that there is.
        if !known.contains("server_version") { known.formUnion(PostgresSetting.known) }
        let unknown = names.filter { !known.contains($0.lowercased()) }
        guard !unknown.isEmpty else { return }
        throw ClusterError(
            .invalid,
            operation: scene.operation,
            message: "PostgreSQL on \(primary) does not know \(unknown.joined(separator: ", "))",
            advice: unknown.lazy.filter { BalancerParameter.named($0, driver: scene.balancer.spec.driver) != nil }.first
                .map {
                    "\($0) is a parameter of the balancer: write pool.\($0)"
                } ?? "nothing was changed; pgbc psql has SHOW ALL"
        )
    }

    /// Whether a setting goes down that replicas must have at least as high as their primary; throws when another one goes up.
    private func lowersPrimary(_ scene: Scene, _ changes: [Document.Member]) async throws -> Bool {
        let critical = changes.filter { PostgresSetting.atLeastAsOnPrimary.contains($0.key) }
        guard !critical.isEmpty, let primary = scene.balancer.primary else { return false }
        let target = Target(cluster: scene.topology.name, balancer: scene.name, node: primary.spec.host)
        let now = try await backend.settings(of: target)
        let differences = critical.compactMap { change -> Int? in
            guard let new = change.value.scalarText.flatMap({ Int($0) }),
                let old = now.first(where: { $0.name == change.key }).flatMap({ Int($0.value) })
            else { return nil }
            return new - old
        }
        guard differences.contains(where: { $0 < 0 }), differences.contains(where: { $0 > 0 }) else {
            return differences.contains { $0 < 0 }
        }
        throw scene.refused(
            "some of \(critical.map(\.key).joined(separator: ", ")) go up and some go down",
            "what goes up is restarted on the replicas first, what goes down on the primary first: give two commands"
        )
    }

    private func refuseRefused(in seen: ObservedCluster, _ balancer: String, _ scene: Scene) throws {
        let refused = (seen.balancer(balancer)?.nodes ?? []).flatMap { node in
            (node.postgres?.refusedSettings ?? [:]).sorted { $0.key < $1.key }.map { name, words in
                "\(node.spec.host): \(name): \(words)"
            }
        }
        guard !refused.isEmpty else { return }
        throw ClusterError(
            .invalid,
            operation: scene.operation,
            message: "PostgreSQL refuses them, so the old ones were put back",
            details: refused
        )
    }

    /// Puts what was wanted before back, as far as that can be done; the reader is told when it cannot.
    private func takeBack(to topology: Topology, _ cluster: String, _ lock: ClusterLock) async throws {
        guard !Task.isCancelled else { return }
        do {
            let seen = try await existing(cluster, depth: .full)
            try await run(Planner(desired: topology, observed: seen, prune: false).plan(), lock)
        } catch {
            events.receive(.note("the old settings could not be put back: \(error)"))
        }
    }
}

extension ObservedCluster {
    /// Settings that wait for a restart, by node.
    fileprivate func pending(of balancer: String) -> [String: [String]] {
        let waiting = (self.balancer(balancer)?.nodes ?? []).compactMap { node -> (String, [String])? in
            guard let names = node.postgres?.pendingRestart, !names.isEmpty else { return nil }
            return (node.spec.host, names)
        }
        return Dictionary(waiting) { first, _ in first }
    }
}

extension SettingChange {
    /// What came of it, as scripts see it.
    var document: Document {
        [
            "plan": plan.document,
            "pending": .object(
                pending.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value.map(Document.string))) }
            ),
            "primary_first": .boolean(primaryFirst),
        ]
    }
}
