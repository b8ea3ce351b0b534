/// The steps for one node: none when it is as it should be.
struct NodeChange {
    /// What is wanted, with its image settled.
    let node: NodeSpec
    let balancer: String
    let seen: ObservedNode?
    /// True when the balancer holds no data yet.
    let fresh: Bool
    /// True for the node that the topology names as the primary: of a fresh balancer it is.
    let isFirst: Bool
    /// True when the address that ports are published on changed.
    let isRebound: Bool
    /// True when a container is made anew that would be made differently now.
    let renew: Bool
    /// True when the balancer can be told to let go of the node, and to take it again.
    let isServed: Bool
    /// The node that takes over when this one is the primary of the moment; `nil` when it is not, or when there is none.
    let successor: NodeSpec?
    /// The steps that end the replacement of the nodes before: those that run are replaced one at a time.
    let previous: [String]

    private var name: String { node.containerName }
    private var streaming: String { "streaming:\(balancer):\(node.id)" }
    private var waitsForPrimary: Bool { fresh && isFirst }

    /// Why a container has to be made anew although there is one; `nil` when it can stay.
    var replacementCause: String? {
        guard let seen, seen.container != nil else { return nil }
        if isRebound { return "its ports are to be bound elsewhere" }
        if renew, let outdated = seen.container?.outdated { return "it \(outdated)" }
        guard !seen.spec.isSameContainer(as: node) else { return nil }
        return "its \(seen.spec.differences(from: node).joined(separator: " and ")) changed"
    }

    /// Adds the steps; the identifier of the last one, or `nil` when there was nothing to wait for.
    func add(to plan: inout Plan) -> String? {
        guard let container = seen?.container else {
            let kept = seen?.hasVolume == true
            return addCreation(
                to: &plan,
                because: kept ? "its container is gone, its data is kept" : "it is wanted and is not there"
            )
        }
        if let cause = replacementCause { return addReplacement(to: &plan, because: cause) }
        if container.isCutOff { plan.addConnection(name) }
        switch container.state {
        case .running, .restarting:
            addReload(to: &plan)
            return fresh || needsWatching || container.isCutOff ? addWaits(to: &plan) : nil
        default:
            plan.addStart(
                name,
                because: "\(name) is \(container.state.rawValue)",
                after: ["network", "connect:\(name)", "control", "wanted", "list:\(balancer)", "seed:\(balancer)"]
            )
            return addWaits(to: &plan)
        }
    }

    /// True when the node runs and is not yet in its place.
    private var needsWatching: Bool {
        guard let postgres = seen?.postgres else { return true }
        return postgres.role == .replica && !postgres.isStreaming
    }

    private func addReload(to plan: inout Plan) {
        guard let seen, seen.spec.settings != node.settings else { return }
        plan.addReload(
            of: node,
            in: balancer,
            because: "\(seen.spec.settings.changes(to: node.settings).joined(separator: ", "))",
            after: ["wanted"]
        )
    }

    /// The balancer lets go of the node before, and takes it again afterwards; a primary hands over first.
    private func addReplacement(to plan: inout Plan, because cause: String) -> String {
        let before = previous + ["wanted", "list:\(balancer)"]
        var ready = before
        if let successor {
            plan.addSwitchover(
                of: balancer,
                from: node,
                to: successor,
                because: "\(node.host) is to be made anew",
                after: before
            )
            ready.append("switchover:\(balancer)")
        }
        if isServed {
            plan.addDetach(of: node, from: balancer, because: "its container is made anew", after: ready)
            ready.append("detach:\(balancer):\(node.id)")
        }
        plan.add(
            "remove:\(name)",
            .removeContainer(name: name),
            "remove \(name) to make it anew",
            because: "\(cause); its data is kept",
            after: ready
        )
        let last = addCreation(to: &plan, because: cause)
        guard isServed else { return last }
        plan.addAttach(of: node, to: balancer, because: "it was taken out to be made anew", after: [last])
        return "attach:\(balancer):\(node.id)"
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
            after: ["create:\(name)", "control", "wanted", "list:\(balancer)", "seed:\(balancer)"]
        )
        return addWaits(to: &plan)
    }

    private func addWaits(to plan: inout Plan) -> String {
        if waitsForPrimary || !plan.has("primary:\(balancer)") {
            addPrimaryWait(to: &plan)
        }
        if waitsForPrimary { return "primary:\(balancer)" }
        plan.addStreaming(of: node, in: balancer, after: ["start:\(name)", "connect:\(name)", "primary:\(balancer)"])
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

extension NodeSpec {
    /// What a container made for this node has otherwise than one made for `other`, in words.
    fileprivate func differences(from other: NodeSpec) -> [String] {
        [
            image != other.image ? "image" : nil, port != other.port ? "port" : nil,
            address != other.address ? "address" : nil, host != other.host ? "host name" : nil,
            containerName != other.containerName ? "container's name" : nil,
        ].compactMap(\.self)
    }
}

extension [String: String] {
    /// What has to change to get from these values to others, in words: "work_mem 4MB → 8MB".
    func changes(to other: [String: String]) -> [String] {
        Set(keys).union(other.keys).sorted().filter { self[$0] != other[$0] }.map { name in
            switch (self[name], other[name]) {
            case (let old?, let new?): "\(name) \(old) → \(new)"
            case (nil, let new?): "\(name) → \(new)"
            default: "\(name) → its default"
            }
        }
    }
}
