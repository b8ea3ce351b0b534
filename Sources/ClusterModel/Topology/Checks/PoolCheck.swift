/// Checks that span several settings: what a balancer may open against what its nodes accept, and what must be the
/// same on all nodes.
struct PoolCheck {
    let topology: Topology

    func problems() -> [Problem] {
        topology.places.flatMap { place in
            reserved(place.balancer, at: place.path)
                + weights(place.balancer, at: place.path)
                + origins(of: "max_connections", in: place).compactMap { connections($0, of: place.balancer) }
                + place.nodes.dropFirst().flatMap { different($0.node, at: $0.path, from: place.balancer.primary) }
                + senders(in: place)
        }
    }

    /// Where a setting that applies to a node was written, and its value there.
    private struct Origin: Hashable {
        var path: String
        var value: String
        var settings: [String: String]
    }

    private typealias Place = (path: String, balancer: BalancerSpec, nodes: [(path: String, node: NodeSpec)])

    /// The places that give the nodes of a balancer their value of a setting, each once.
    private func origins(of name: String, in place: Place) -> [Origin] {
        var origins: [Origin] = []
        for (path, node) in place.nodes {
            guard let value = node.settings[name] else { continue }
            let holder = place.balancer.settings[name] == value ? place.path : path
            let declared = place.balancer.settings[name] == nil && topology.settings[name] == value
            let origin = Origin(
                path: declared ? "settings.\(name)" : "\(holder).settings.\(name)",
                value: value,
                settings: node.settings
            )
            if !origins.contains(where: { $0.path == origin.path }) { origins.append(origin) }
        }
        return origins
    }

    /// Each of `num_init_children` processes may hold `max_pool` connections to every node.
    private func connections(_ origin: Origin, of balancer: BalancerSpec) -> Problem? {
        guard balancer.driver.parameters.isPooling else { return nil }
        guard let accepted = Int(origin.value) else {
            return Problem(
                path: origin.path,
                value: origin.value.settingExcerpt,
                reason: "must be a whole number"
            )
        }
        let children = balancer.poolSize.children, pools = balancer.poolSize.pools
        let kept = origin.settings["superuser_reserved_connections"].flatMap { Int($0) } ?? 3
        let (opened, overflow) = children.multipliedReportingOverflow(by: pools)
        guard overflow || opened > accepted - kept else { return nil }
        let most = max(1, (accepted - kept) / max(1, pools))
        return Problem(
            path: origin.path,
            value: origin.value.settingExcerpt,
            reason: "\(balancer.name) may open num_init_children × max_pool = \(children) × \(pools) = "
                + "\(overflow ? "far too many" : "\(opened)") connections to each node, "
                + "which keeps \(kept) of \(accepted) for superusers",
            suggestion: overflow
                ? "lower num_init_children"
                : "raise max_connections to \(opened + kept) or lower num_init_children to \(most)"
        )
    }

    private func reserved(_ balancer: BalancerSpec, at path: String) -> [Problem] {
        guard let text = balancer.parameters["reserved_connections"], let reserved = Int(text),
            reserved >= balancer.poolSize.children
        else { return [] }
        return [
            Problem(
                path: "\(path).config.reserved_connections",
                value: text,
                reason: "must be less than num_init_children, which is \(balancer.poolSize.children)"
            )
        ]
    }

    private func weights(_ balancer: BalancerSpec, at path: String) -> [Problem] {
        guard balancer.nodes.allSatisfy({ $0.weight == 0 }) else { return [] }
        return [
            Problem(
                path: path,
                reason: "every node has weight 0, so that none would get reads",
                suggestion: "raise one weight"
            )
        ]
    }

    private func different(_ node: NodeSpec, at path: String, from primary: NodeSpec) -> [Problem] {
        // Any node may become the primary of the others.
        PostgresSetting.atLeastAsOnPrimary.sorted().filter { node.settings[$0] != primary.settings[$0] }.map { name in
            let there = primary.settings[name] ?? "left out"
            return Problem(
                path: "\(path).settings.\(name)",
                value: node.settings[name]?.settingExcerpt,
                reason: "must be as on the primary (\(there)), because each may follow the other",
                suggestion: "set it for the whole balancer"
            )
        }
    }

    /// Each replica takes a sender and a slot, and a clone one more sender.
    private func senders(in place: Place) -> [Problem] {
        let needed = place.nodes.count
        return ["max_wal_senders": needed + 1, "max_replication_slots": needed].sorted { $0.key < $1.key }
            .flatMap { name, least in
                origins(of: name, in: place).compactMap { origin in
                    guard let value = Int(origin.value), value < least else { return nil }
                    return Problem(
                        path: origin.path,
                        value: origin.value.settingExcerpt,
                        reason: "replication to \(needed - 1) replicas needs at least \(least)",
                        suggestion: "raise it"
                    )
                }
            }
    }
}

extension BalancerSpec {
    /// The balancer's own defaults where the topology sets nothing.
    var poolSize: (children: Int, pools: Int) {
        (parameters["num_init_children"].flatMap { Int($0) } ?? 32, parameters["max_pool"].flatMap { Int($0) } ?? 4)
    }
}

extension String {
    /// A setting's value as a document would have it: a number without quotes.
    fileprivate var settingExcerpt: String { Int(self) == nil ? Document.string(self).excerpt : self }
}
