extension ObservedBalancer {
    /// What is wrong with this balancer and its nodes.
    func findings(cluster: String) -> [Finding] {
        let primary = primary
        let nodes = nodes.flatMap { $0.findings(in: self, behind: primary, cluster: cluster) }
        return containerFindings(cluster: cluster) + primaryFindings + nodes + listFindings + viewFindings
            + loadFindings + upgradeFindings + quorumFindings + workFindings(cluster: cluster)
    }

    private func containerFindings(cluster: String) -> [Finding] {
        guard let container else {
            return [
                Finding(
                    "balancer_missing",
                    spec.name,
                    "balancer \(spec.name) has no container",
                    advice: "pgbc apply \(cluster) creates it"
                )
            ]
        }
        if container.state != .running {
            return [
                Finding(
                    "balancer_down",
                    spec.name,
                    "balancer \(spec.name) is \(container.state.rawValue)",
                    advice: container.state == .restarting
                        ? "pgbc logs \(spec.name) shows why" : "pgbc apply \(cluster) starts it"
                )
            ]
        }
        if container.isCutOff {
            return [
                Finding(
                    "balancer_cut_off",
                    spec.name,
                    "balancer \(spec.name) is not connected to its network",
                    advice: "pgbc apply \(cluster) connects it again"
                )
            ]
        }
        guard let poolError else { return [] }
        return [
            Finding(
                "balancer_silent",
                spec.name,
                "balancer \(spec.name) runs and does not answer: \(poolError)",
                advice: "pgbc logs \(spec.name) shows why"
            )
        ]
    }

    private var primaryFindings: [Finding] {
        let primaries = nodes.filter { $0.postgres?.role == .primary }
        let names = primaries.map(\.spec.host).joined(separator: " and ")
        switch primaries.count {
        case 0:
            guard nodes.contains(where: { $0.postgres != nil }) else { return [] }
            return [Finding("no_primary", spec.name, "\(spec.name) has no primary, so it accepts no writes")]
        case 1:
            guard let record, record.node != primaries[0].spec.id else { return [] }
            return [
                Finding(
                    "primary_disputed",
                    spec.name,
                    "\(names) is a primary, but the nodes of \(spec.name) were told that it is "
                        + "\(spec.name(of: record.node)) (term \(record.term))"
                )
            ]
        default:
            return [
                Finding(
                    "two_primaries",
                    spec.name,
                    "\(spec.name) has \(primaries.count) primaries: \(names)",
                    advice: "stop the one that must not accept writes before anything else is done"
                )
            ]
        }
    }

    private var listFindings: [Finding] {
        guard let listedNodes else { return [] }
        let wanted = nodes.map(\.spec.id)
        let missing = wanted.filter { !listedNodes.contains($0) }.map(spec.name(of:))
        guard !missing.isEmpty else { return [] }
        return [
            Finding(
                "node_unlisted",
                spec.name,
                "\(spec.name) was not told of \(missing.joined(separator: ", "))",
                advice: "pgbc apply tells it"
            )
        ]
    }

    private var viewFindings: [Finding] {
        guard let pool, let primary, let seen = pool.nodes.first(where: { $0.id == primary.spec.id }) else { return [] }
        guard seen.role != "primary", seen.status != "down" else { return [] }
        return [
            Finding(
                "balancer_wrong_primary",
                spec.name,
                "\(spec.name) does not take \(primary.spec.host) for the primary, so writes go astray"
            )
        ]
    }

    /// Why nothing can be done to the data of its nodes, and what to do: how far a major upgrade is cannot be told.
    public var unreadableUpgrade: Finding? {
        guard upgradeIsUnreadable else { return nil }
        let file = "/pgbc/control/\(spec.name)/upgrade.json"
        let node = (primary?.spec ?? spec.primary).host
        return Finding(
            "upgrade_unreadable",
            spec.name,
            "how far a major upgrade of \(spec.name) is cannot be told: its record \(file) is damaged, or of another version of pgbc",
            advice:
                "go on with the pgbc that wrote it; if no upgrade was begun, pgbc exec \(node) sh -c ': >\(file)' empties it"
        )
    }

    private var upgradeFindings: [Finding] {
        if let unreadableUpgrade { return [unreadableUpgrade] }
        guard let upgrade else { return [] }
        let versions = "PostgreSQL \(upgrade.fromMajor) to \(upgrade.toMajor)"
        guard upgrade.phase == .complete else {
            return [
                Finding(
                    "upgrade_unfinished",
                    spec.name,
                    "the upgrade of \(spec.name) from \(versions) was not finished (\(upgrade.phase.rawValue))",
                    advice: upgrade.wayOn
                )
            ]
        }
        return [
            Finding(
                "upgrade_uncommitted",
                spec.name,
                "\(spec.name) was upgraded from \(versions), and the old data is still there",
                advice: "pgbc upgrade --commit removes it, --rollback goes back to it"
            )
        ]
    }

    private var loadFindings: [Finding] {
        guard let sessions = pool?.sessions, let capacity = pool?.capacity, capacity > 0, sessions >= capacity else {
            return []
        }
        return [
            Finding(
                "pool_full",
                spec.name,
                "\(spec.name) uses all of its \(capacity) sessions: further clients have to wait",
                advice: "raise num_init_children of \(spec.name)"
            )
        ]
    }
}
