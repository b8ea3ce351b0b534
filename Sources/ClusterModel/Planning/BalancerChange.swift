/// The steps for one balancer itself, after those of its nodes.
struct BalancerChange {
    let planner: Planner
    let balancer: BalancerSpec
    let seen: ObservedBalancer?
    /// Numbers of the nodes that steps of the plan wait for.
    let touched: [Int]

    private var desired: Topology { planner.desired }
    private var name: String { balancer.containerName }
    private var settled: [String] {
        touched.flatMap { ["streaming:\(balancer.name):\($0)", "attach:\(balancer.name):\($0)"] }
    }

    func add(to plan: inout Plan) {
        var cause: String?
        if let container = seen?.container {
            if let change = replacementCause {
                cause = change
                plan.add(
                    "remove:\(name)",
                    .removeContainer(name: container.name),
                    "remove \(container.name) to make it anew",
                    because: change,
                    after: ["wanted", "list:\(balancer.name)"] + settled
                )
            } else {
                if container.isCutOff { plan.addConnection(name) }
                addStart(of: container, to: &plan)
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
                // Not before the seed, as the nodes: the engine sets one container's network up after the other.
                after: ["create:\(name)", "control", "wanted", "list:\(balancer.name)", "seed:\(balancer.name)"]
            )
        }
        addReload(to: &plan)
        addPoolWaits(to: &plan)
    }

    private func addStart(of container: ObservedContainer, to plan: inout Plan) {
        guard container.state != .running, container.state != .restarting else { return }
        plan.addStart(
            name,
            because: "\(name) is \(container.state.rawValue)",
            after: [
                "network", "connect:\(name)", "control", "wanted", "list:\(balancer.name)", "seed:\(balancer.name)",
            ]
        )
    }

    /// Why the container has to be made anew; `nil` when it can stay.
    private var replacementCause: String? {
        guard let seen else { return nil }
        let wanted = desired.resolved(balancer)
        if planner.renew, let outdated = seen.container?.outdated { return "it \(outdated)" }
        if seen.spec.hold != wanted.hold {
            return wanted.hold ? "hold was switched on" : "hold was switched off"
        }
        if !seen.spec.isSameContainer(as: wanted) { return "the topology of balancer \(balancer.name) changed" }
        if planner.isRebound { return "bind_address changed to \(desired.bindAddress)" }
        let isNew = touched.contains { id in !(seen.listedNodes ?? []).contains(id) }
        let isSmaller =
            planner.prune && seen.nodes.contains { node in !balancer.nodes.contains { $0.id == node.spec.id } }
        guard isNew || isSmaller, !balancer.driver.can(.membership) else { return nil }
        return
            "\(balancer.driver.program) takes nodes in, and lets go of them, only when it starts; its clients are cut"
    }

    /// A balancer that starts reads its parameters anyway.
    private func addReload(to plan: inout Plan) {
        guard let seen, !plan.has("start:\(name)"), balancer.driver.can(.reload) else { return }
        let changes = seen.spec.parameters.changes(to: balancer.parameters)
        guard !changes.isEmpty || !seen.staleParameters.isEmpty else { return }
        plan.addReload(
            of: balancer.name,
            because: changes.isEmpty
                ? "\(seen.staleParameters.joined(separator: ", ")) is not in force yet"
                : changes.joined(separator: ", "),
            after: ["wanted"] + balancer.nodes.map { "reload:\(balancer.name):\($0.id)" } + settled
        )
    }

    /// Waits until the balancer serves, and shows every node up that somebody did not take out by hand.
    private func addPoolWaits(to plan: inout Plan) {
        let starts = plan.has("start:\(name)")
        let isSilent = starts || seen?.pool == nil
        if isSilent {
            plan.addWriteWait(
                on: balancer.name,
                because: starts ? "\(name) was just started" : "\(name) runs and does not answer yet",
                // The agent of a fresh balancer waits for the replicas itself, before it begins.
                after: ["start:\(name)", "connect:\(name)", "primary:\(balancer.name)"]
                    + (planner.isFresh(balancer) ? [] : settled)
            )
        }
        // Where nobody can see which nodes are served, there is nothing to wait for.
        guard balancer.driver.view != .none else { return }
        for node in balancer.nodes where isSilent || isAwaited(node.id, in: plan) {
            guard view(of: node.id)?.isInMaintenance != true else { continue }
            if view(of: node.id)?.isAway == true, seen?.isControllable == true { addReturn(of: node, to: &plan) }
            plan.addAttached(
                node,
                to: balancer.name,
                after: [
                    "primary:\(balancer.name)", "balancer:\(balancer.name)", "streaming:\(balancer.name):\(node.id)",
                    "attach:\(balancer.name):\(node.id)",
                ]
            )
        }
    }

    /// A run that was cut took the node out and did not put it back.
    private func addReturn(of node: NodeSpec, to plan: inout Plan) {
        guard !plan.has("attach:\(balancer.name):\(node.id)") else { return }
        plan.addAttach(
            of: node,
            to: balancer.name,
            because: "an operation that was cut had taken it out",
            after: ["balancer:\(balancer.name)", "streaming:\(balancer.name):\(node.id)"]
        )
    }

    private func view(of id: Int) -> PoolView.Node? { seen?.pool?.nodes.first { $0.id == id } }

    /// True when the balancer does not serve the node yet, or will not have for a while; a step that attaches it has seen it up.
    private func isAwaited(_ id: Int, in plan: Plan) -> Bool {
        guard !plan.has("attach:\(balancer.name):\(id)") else { return false }
        return touched.contains(id) || view(of: id)?.isServing != true
    }
}
