/// Compares what is wanted with what is there. Pure: the same input gives the same plan.
public struct Planner: Sendable {
    /// What is wanted.
    public let desired: Topology
    /// What is there.
    public let observed: ObservedCluster
    /// Whether nodes and balancers that are not wanted are taken away.
    public let prune: Bool

    /// A planner for one comparison.
    public init(desired: Topology, observed: ObservedCluster, prune: Bool) {
        self.desired = prune ? desired : observed.keepingSurplus(in: desired)
        self.observed = observed
        self.prune = prune
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
        for balancer in desired.balancers { add(balancer, to: &plan) }
        if prune { addRemovals(to: &plan) }
        return plan
    }

    private func isFresh(_ balancer: BalancerSpec) -> Bool { observed.balancer(balancer.name)?.record == nil }

    /// Published ports are bound when a container is created: another bind_address means another container.
    private var isRebound: Bool { observed.topology.map { $0.bindAddress != desired.bindAddress } ?? false }

    private func add(_ balancer: BalancerSpec, to plan: inout Plan) {
        let seen = observed.balancer(balancer.name)
        let fresh = isFresh(balancer)
        if fresh {
            plan.add(
                "seed:\(balancer.name)",
                .seed(balancer: balancer.name),
                "begin to initialise the data of \(balancer.name)",
                because: "\(balancer.name) holds no data yet",
                after: ["control"] + observed.strays.map { "remove:\($0.name)" }
            )
            plan.add(
                "seeded:\(balancer.name)",
                .awaitSeed(balancer: balancer.name),
                "wait until the data of \(balancer.name) is initialised",
                because: "its nodes start from it",
                after: ["seed:\(balancer.name)"]
            )
        }
        addNodeList(of: balancer, seen: seen, fresh: fresh, to: &plan)
        var touched: [Int] = []
        var previous: String?
        for node in replacementOrder(balancer, seen: seen) {
            let change = NodeChange(
                node: desired.resolved(node),
                balancer: balancer.name,
                seen: seen?.nodes.first { $0.spec.id == node.id },
                fresh: fresh,
                isRebound: isRebound,
                previous: previous
            )
            if let last = change.add(to: &plan) {
                touched.append(node.id)
                if change.isReplacement { previous = last }
            }
        }
        addBalancer(balancer, seen: seen, touched: touched, fresh: fresh, to: &plan)
    }

    /// Nodes in the order in which they may be replaced: the primary of the moment last.
    private func replacementOrder(_ balancer: BalancerSpec, seen: ObservedBalancer?) -> [NodeSpec] {
        guard let record = seen?.record else { return balancer.nodes }
        return balancer.nodes.filter { $0.id != record.node } + balancer.nodes.filter { $0.id == record.node }
    }

    private func addNodeList(of balancer: BalancerSpec, seen: ObservedBalancer?, fresh: Bool, to plan: inout Plan) {
        guard !fresh, let seen else { return }
        let wanted = balancer.nodes.map(\.id)
        let listed = seen.listedNodes ?? []
        let missing = wanted.filter { !listed.contains($0) }
        let moved = balancer.nodes.filter { node in
            seen.nodes.contains {
                $0.spec.id == node.id && ($0.spec.address != node.address || $0.spec.weight != node.weight)
            }
        }
        guard !missing.isEmpty || !moved.isEmpty else { return }
        let kept = Set(wanted).union(listed)
        let names = (missing + moved.map(\.id)).map(balancer.name(of:)).joined(separator: ", ")
        plan.add(
            "list:\(balancer.name)",
            .writeNodeList(balancer: balancer.name, nodes: kept.sorted()),
            "tell \(balancer.name) of its \(kept.count) nodes",
            because: missing.isEmpty ? "the address or the weight of \(names) changed" : "it does not know \(names)"
        )
    }

    private func addBalancer(
        _ balancer: BalancerSpec,
        seen: ObservedBalancer?,
        touched: [Int],
        fresh: Bool,
        to plan: inout Plan
    ) {
        let name = balancer.containerName
        let wanted = desired.resolved(balancer)
        var cause: String?
        if let container = seen?.container {
            if let change = replacementCause(of: balancer, as: wanted, seen: seen, touched: touched) {
                cause = change
                plan.add(
                    "remove:\(name)",
                    .removeContainer(name: container.name),
                    "remove \(container.name) to make it anew",
                    because: change,
                    after: ["list:\(balancer.name)"] + touched.map { "streaming:\(balancer.name):\($0)" }
                )
            } else if container.state != .running && container.state != .restarting {
                plan.addStart(
                    name,
                    because: "\(name) is \(container.state.rawValue)",
                    after: ["network", "control", "list:\(balancer.name)", "seed:\(balancer.name)"]
                )
            }
        } else {
            cause = "balancer \(balancer.name) is wanted and is not there"
        }
        if let cause {
            plan.add(
                "create:\(name)",
                .createBalancer(balancer: balancer.name),
                "create balancer \(name)",
                because: cause,
                after: ["network", "remove:\(name)"]
            )
            plan.addStart(
                name,
                because: "it was just created",
                after: ["create:\(name)", "control", "list:\(balancer.name)"]
            )
        }
        addPoolWaits(of: balancer, seen: seen, touched: touched, to: &plan)
    }

    /// Why a balancer's container has to be made anew; `nil` when it can stay.
    private func replacementCause(
        of balancer: BalancerSpec,
        as wanted: BalancerSpec,
        seen: ObservedBalancer?,
        touched: [Int]
    ) -> String? {
        guard let seen else { return nil }
        if !seen.spec.isSameContainer(as: wanted) { return "the topology of balancer \(balancer.name) changed" }
        if isRebound { return "bind_address changed to \(desired.bindAddress)" }
        let isNew = touched.contains { id in !(seen.listedNodes ?? []).contains(id) }
        let isSmaller = prune && seen.nodes.contains { node in !balancer.nodes.contains { $0.id == node.spec.id } }
        guard isNew || isSmaller, balancer.driver == .pgbalancer else { return nil }
        return "pgBalancer takes nodes in, and lets go of them, only when it starts; its clients are cut"
    }

    /// Waits until the balancer serves, and shows every node up that somebody did not take out by hand.
    private func addPoolWaits(of balancer: BalancerSpec, seen: ObservedBalancer?, touched: [Int], to plan: inout Plan) {
        let name = balancer.containerName
        let streaming = touched.map { "streaming:\(balancer.name):\($0)" }
        let starts = plan.has("start:\(name)")
        let isSilent = starts || seen?.pool == nil
        if isSilent {
            plan.add(
                "balancer:\(balancer.name)",
                .awaitBalancer(balancer: balancer.name),
                "wait until \(balancer.name) accepts a write",
                because: starts ? "\(name) was just started" : "\(name) runs and does not answer yet",
                after: ["start:\(name)", "primary:\(balancer.name)"] + streaming
            )
        }
        let missing = balancer.nodes.map(\.id).filter { id in
            let known = seen?.pool?.nodes.first { $0.id == id }
            return known?.isServing != true && known?.isDetached != true
        }
        for id in balancer.nodes.map(\.id) where isSilent || touched.contains(id) || missing.contains(id) {
            plan.add(
                "attached:\(balancer.name):\(id)",
                .awaitAttached(balancer: balancer.name, node: id),
                "wait until \(balancer.name) shows \(balancer.name(of: id)) up",
                because: "it is to receive reads",
                after: ["primary:\(balancer.name)", "balancer:\(balancer.name)", "streaming:\(balancer.name):\(id)"]
            )
        }
    }
}

extension Plan {
    func has(_ id: String) -> Bool { steps.contains { $0.id == id } }

    mutating func addStart(_ name: String, because cause: String, after dependencies: [String] = []) {
        add("start:\(name)", .start(container: name), "start \(name)", because: cause, after: dependencies)
    }
}

extension BalancerSpec {
    /// The host name of a node, or its number where no such node is known.
    func name(of id: Int) -> String { nodes.first { $0.id == id }?.host ?? "node \(id)" }

    /// True when a container made for `other` serves this one as it is; which nodes there are does not matter.
    public func isSameContainer(as other: BalancerSpec) -> Bool {
        var mine = self
        mine.primary = other.primary
        mine.replicas = other.replicas
        return mine == other
    }
}
