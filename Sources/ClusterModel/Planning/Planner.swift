/// Compares what is wanted with what is there. Pure: the same input gives the same plan.
public struct Planner: Sendable {
    /// What is wanted.
    public let desired: Topology
    /// What is there.
    public let observed: ObservedCluster
    /// Whether nodes and balancers that are not wanted are taken away.
    public let prune: Bool
    /// Whether containers are made anew that would be made differently now, by a newer pgbc or from a newer image.
    public let renew: Bool
    /// How long clients may be held by a major upgrade, in seconds.
    public let upgradeSeconds: Int

    /// A planner for one comparison.
    public init(
        desired: Topology,
        observed: ObservedCluster,
        prune: Bool,
        renew: Bool = false,
        upgradeSeconds: Int = 300
    ) {
        let wanted = observed.keepingUpgrades(in: prune ? desired : observed.keepingSurplus(in: desired))
        self.desired = observed.keepingConnections(in: wanted)
        self.upgradeSeconds = upgradeSeconds
        self.observed = observed
        self.prune = prune
        self.renew = renew
    }

    /// The steps from `observed` to `desired`.
    public func plan() -> Plan {
        var plan = Plan(cluster: desired.name, desired: desired)
        if observed.network == nil {
            plan.add(
                "network",
                .createNetwork,
                "create network \(desired.network.name) (\(desired.network.subnet))",
                because: "cluster \(desired.name) has none"
            )
        }
        for stray in observed.strays {
            plan.add(
                "remove:\(stray.name)",
                .removeContainer(name: stray.name),
                "remove \(stray.name)",
                because: "an earlier run left it behind"
            )
        }
        if desired.balancers.contains(where: { isFresh($0) }) {
            plan.add(
                "control",
                .writeControl,
                "write secrets and node lists",
                because: "the cluster's containers read them when they start"
            )
        }
        addUpgradeNotes(to: &plan)
        addWanted(to: &plan)
        for balancer in desired.balancers { add(balancer, to: &plan) }
        if prune { addRemovals(to: &plan) }
        plan.notes = restartNotes
        return plan
    }

    /// The steps that remove what earlier runs left behind: a stray may hold a volume, or be a stage of what is done now.
    var strays: [String] { observed.strays.map { "remove:\($0.name)" } }

    func isFresh(_ balancer: BalancerSpec) -> Bool { observed.balancer(balancer.name)?.record == nil }

    /// Published ports are bound when a container is created: another bind_address means another container.
    var isRebound: Bool { observed.topology.map { $0.bindAddress != desired.bindAddress } ?? false }

    private func add(_ balancer: BalancerSpec, to plan: inout Plan) {
        let seen = observed.balancer(balancer.name)
        let fresh = isFresh(balancer)
        if fresh { addSeed(of: balancer, to: &plan) }
        addNodeList(of: balancer, seen: seen, fresh: fresh, to: &plan)
        if let (seen, upgrade) = unfinishedUpgrade(of: balancer), upgrade.phase != .committing {
            return UpgradeChange(planner: self, balancer: balancer, seen: seen, upgrade: upgrade).add(to: &plan)
        }
        var touched: [Int] = []
        // What serves nobody is made anew at once: a replica cannot stream before the primary is there, stopped as that may be.
        var previous: [String] = []
        for node in replacementOrder(balancer, seen: seen) {
            let isStopped = seen?.node(node.id)?.container?.isStopped == true
            let change = change(of: node, in: balancer, seen: seen, after: isStopped ? [] : previous)
            if let last = change.add(to: &plan) {
                touched.append(node.id)
                if change.replacementCause != nil { previous = isStopped ? previous + [last] : [last] }
            }
        }
        BalancerChange(planner: self, balancer: balancer, seen: seen, touched: touched).add(to: &plan)
    }

    private func addSeed(of balancer: BalancerSpec, to plan: inout Plan) {
        plan.add(
            "seed:\(balancer.name)",
            .seed(balancer: balancer.name),
            "begin to initialise the data of \(balancer.name)",
            because: "\(balancer.name) holds no data yet",
            after: ["control"] + strays
        )
        plan.add(
            "seeded:\(balancer.name)",
            .awaitSeed(balancer: balancer.name),
            "wait until the data of \(balancer.name) is initialised",
            because: "its nodes start from it",
            after: ["seed:\(balancer.name)"]
        )
    }

    private func change(
        of node: NodeSpec,
        in balancer: BalancerSpec,
        seen: ObservedBalancer?,
        after previous: [String]
    ) -> NodeChange {
        let isPrimary = seen?.primaryID == node.id
        let isControllable = seen?.isControllable == true
        let successor =
            isPrimary && seen?.canSwitch == true
            ? seen?.successor(of: node.id, among: Set(balancer.nodes.map(\.id))) : nil
        let view = seen?.pool?.nodes.first { $0.id == node.id }
        return NodeChange(
            node: desired.resolved(node),
            balancer: balancer.name,
            seen: seen?.node(node.id),
            fresh: isFresh(balancer),
            isFirst: node.id == balancer.primary.id,
            isRebound: isRebound,
            renew: renew,
            isServed: isControllable && (view?.isServing == true || view?.isAway == true)
                && (!isPrimary || successor != nil),
            successor: successor,
            previous: previous
        )
    }

    /// Nodes in the order in which they may be replaced: what is stopped first, the primary of the moment last.
    private func replacementOrder(_ balancer: BalancerSpec, seen: ObservedBalancer?) -> [NodeSpec] {
        guard !isFresh(balancer) else { return balancer.nodes }
        func turn(_ node: NodeSpec) -> Int {
            if seen?.node(node.id)?.container?.isStopped == true { return 0 }
            return node.id == seen?.primaryID ? 2 : 1
        }
        return (0...2).flatMap { number in balancer.nodes.filter { turn($0) == number } }
    }

    private func addNodeList(of balancer: BalancerSpec, seen: ObservedBalancer?, fresh: Bool, to plan: inout Plan) {
        guard !fresh, let seen else { return }
        let wanted = balancer.nodes.map(\.id)
        let listed = seen.listedNodes ?? []
        let missing = wanted.filter { !listed.contains($0) }
        let moved = balancer.nodes.filter { node in
            seen.nodes.contains {
                $0.spec.id == node.id
                    && ((seen.listedAddresses[node.id] ?? $0.spec.address) != node.address
                        || $0.spec.weight != node.weight)
            }
        }
        guard !missing.isEmpty || !moved.isEmpty else { return }
        let kept = Set(wanted).union(listed)
        let names = (missing + moved.map(\.id)).map(balancer.name(of:)).joined(separator: ", ")
        plan.add(
            "list:\(balancer.name)",
            .writeNodeList(balancer: balancer.name, nodes: kept.sorted()),
            "tell \(balancer.name) of its \(kept.count) nodes",
            because: missing.isEmpty ? "the address or the weight of \(names) changed" : "it does not know \(names)",
            after: ["wanted"]
        )
    }

    /// A sentence for each balancer whose nodes get settings that only a restart brings into force.
    private var restartNotes: [String] {
        desired.balancers.compactMap { balancer in
            guard let seen = observed.balancer(balancer.name) else { return nil }
            let changed = balancer.nodes.flatMap { node -> [String] in
                let new = desired.resolved(node)
                guard let old = seen.nodes.first(where: { $0.spec.id == node.id }), old.container != nil,
                    old.spec.isSameContainer(as: new)
                else { return [] }
                let names = Set(old.spec.settings.keys).union(new.settings.keys)
                return names.filter { old.spec.settings[$0] != new.settings[$0] }
            }
            let slow = Set(changed).intersection(PostgresSetting.needingRestart).sorted()
            guard !slow.isEmpty else { return nil }
            return "\(slow.joined(separator: ", ")) of \(balancer.name) takes effect with a restart: "
                + "pgbc rolling-restart \(desired.name) --only-pending"
        }
    }
}

extension ObservedBalancer {
    fileprivate func node(_ id: Int) -> ObservedNode? { nodes.first { $0.spec.id == id } }
}

extension ObservedContainer {
    /// True when it serves nobody, and does not come back by itself.
    var isStopped: Bool { ![.running, .restarting, .paused].contains(state) }
}

extension Plan {
    func has(_ id: String) -> Bool { steps.contains { $0.id == id } }

    mutating func addConnection(_ name: String) {
        add(
            "connect:\(name)",
            .connect(container: name),
            "connect \(name) to the network",
            because: "it is not connected to it",
            after: ["network"]
        )
    }
}

extension BalancerSpec {
    /// The host name of a node, or its number where no such node is known.
    func name(of id: Int) -> String { nodes.first { $0.id == id }?.host ?? "node \(id)" }
}
