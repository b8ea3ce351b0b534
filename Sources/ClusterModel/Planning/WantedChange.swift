extension Planner {
    /// Puts what is wanted where the containers read it, when that is something else than before.
    func addWanted(to plan: inout Plan) {
        guard observed.topology != desired || hasFreshBalancer || observed.isHalfWritten else { return }
        plan.add(
            "wanted",
            .writeWanted,
            "write down what \(desired.name) is to be",
            because: wantedCause,
            after: ["control"] + desired.balancers.map { "upgrade:\($0.name)" }
        )
    }

    private var hasFreshBalancer: Bool { desired.balancers.contains { isFresh($0) } }

    private var wantedCause: String {
        let changes = observed.topology?.changes(to: desired) ?? []
        guard let first = changes.first else {
            return observed.isHalfWritten && !hasFreshBalancer
                ? "what its containers read says something else, as after a run that was cut"
                : "the next command reads it, from any directory"
        }
        return changes.count <= 3
            ? changes.joined(separator: ", ") : "\(first) and \(changes.count - 1) more changes"
    }
}

extension Topology {
    /// What has to change to get from this topology to another, in words; most important first.
    func changes(to other: Topology) -> [String] {
        var changes: [String] = []
        if bindAddress != other.bindAddress { changes.append("bind_address → \(other.bindAddress)") }
        if image != other.image { changes.append("image → \(other.nodeImage)") }
        for balancer in other.balancers {
            guard let before = self.balancer(balancer.name) else {
                changes.append("balancer \(balancer.name) is new")
                continue
            }
            changes += before.changes(to: balancer)
        }
        changes += balancers.filter { other.balancer($0.name) == nil }.map { "balancer \($0.name) goes" }
        return changes
    }
}

extension BalancerSpec {
    fileprivate func changes(to other: BalancerSpec) -> [String] {
        var changes = parameters.changes(to: other.parameters)
        if hold != other.hold { changes.append("hold → \(other.hold)") }
        if sync != other.sync { changes.append("sync \(sync) → \(other.sync)") }
        if whenShort != other.whenShort { changes.append("when_short → \(other.whenShort.rawValue)") }
        if image != other.image { changes.append("image of \(name)") }
        if (address, port) != (other.address, other.port) { changes.append("place of \(name)") }
        let known = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
        var settings: Set<String> = []
        for node in other.nodes {
            guard let before = known[node.id] else {
                changes.append("\(node.host) is new")
                continue
            }
            settings.formUnion(before.settings.changes(to: node.settings))
            if before.weight != node.weight { changes.append("weight of \(node.host)") }
            if before.image != node.image { changes.append("image of \(node.host)") }
            if (before.port, before.address) != (node.port, node.address) { changes.append("place of \(node.host)") }
        }
        let kept = Set(other.nodes.map(\.id))
        return changes + settings.sorted() + nodes.filter { !kept.contains($0.id) }.map { "\($0.host) goes" }
    }
}
