/// The steps for one node: none when it is as it should be.
struct NodeChange {
    /// What is wanted, with its image settled.
    let node: NodeSpec
    let balancer: String
    let seen: ObservedNode?
    /// True when the balancer holds no data yet.
    let fresh: Bool
    /// True when the address that ports are published on changed.
    let isRebound: Bool
    /// The step that ends the replacement of the node before: nodes are replaced one at a time.
    let previous: String?

    private var name: String { node.containerName }
    private var streaming: String { "streaming:\(balancer):\(node.id)" }
    private var waitsForPrimary: Bool { fresh && node.id == 0 }

    /// True when a container has to be made anew although there is one.
    var isReplacement: Bool {
        guard let seen, seen.container != nil else { return false }
        return isRebound || seen.spec != node
    }

    /// Adds the steps; the identifier of the last one, or `nil` when there was nothing to do.
    func add(to plan: inout Plan) -> String? {
        guard let container = seen?.container else {
            let kept = seen?.hasVolume == true
            return addCreation(
                to: &plan,
                because: kept ? "its container is gone, its data is kept" : "it is wanted and is not there"
            )
        }
        if isReplacement {
            plan.add(
                "remove:\(name)",
                .removeContainer(name: name),
                "remove \(name) to make it anew",
                because: "its topology changed; its data is kept",
                after: [previous].compactMap { $0 }
            )
            return addCreation(to: &plan, because: "its topology changed")
        }
        switch container.state {
        case .running, .restarting:
            return fresh || needsWatching ? addWaits(to: &plan) : nil
        default:
            plan.addStart(
                name,
                because: "\(name) is \(container.state.rawValue)",
                after: ["network", "control", "list:\(balancer)", "seed:\(balancer)"]
            )
            return addWaits(to: &plan)
        }
    }

    /// True when the node runs and is not yet in its place.
    private var needsWatching: Bool {
        guard let postgres = seen?.postgres else { return true }
        return postgres.role == .replica && !postgres.isStreaming
    }

    private func addCreation(to plan: inout Plan, because cause: String) -> String {
        plan.add(
            "create:\(name)",
            .createNode(balancer: balancer, node: node.id),
            "create node \(name)",
            because: cause,
            after: ["network", "remove:\(name)"]
        )
        plan.addStart(
            name,
            because: "it was just created",
            // Not before the seed, which is on the way that takes longest; beside it, because nodes wait for their data by themselves.
            after: ["create:\(name)", "control", "list:\(balancer)", "seed:\(balancer)"]
        )
        return addWaits(to: &plan)
    }

    private func addWaits(to plan: inout Plan) -> String {
        if waitsForPrimary || !plan.has("primary:\(balancer)") {
            addPrimaryWait(to: &plan)
        }
        if waitsForPrimary { return "primary:\(balancer)" }
        plan.add(
            streaming,
            .awaitStreaming(balancer: balancer, node: node.id),
            "wait until \(node.host) streams",
            because: "a replica counts when it replicates",
            after: ["start:\(name)", "primary:\(balancer)"]
        )
        return streaming
    }

    private func addPrimaryWait(to plan: inout Plan) {
        guard fresh else { return }
        plan.add(
            "primary:\(balancer)",
            .awaitPrimary(balancer: balancer),
            "wait until \(node.host) accepts writes",
            because: "everything of \(balancer) follows its primary",
            after: ["start:\(name)", "seeded:\(balancer)"]
        )
    }
}
