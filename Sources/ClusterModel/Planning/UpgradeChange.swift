/// The steps of a major upgrade that is under way, or of its undoing: everything that is not done yet. The primary comes first, because
/// the others are cloned from it; its old data stays where it is.
struct UpgradeChange {
    let planner: Planner
    let balancer: BalancerSpec
    let seen: ObservedBalancer
    let upgrade: UpgradeRecord

    private var name: String { balancer.name }
    private var isUndoing: Bool { upgrade.phase == .undoing }
    private var noted: String { "upgrade:\(name)" }
    private var holds: Bool { seen.spec.hold && seen.isControllable }
    private var version: Int { isUndoing ? upgrade.fromMajor : upgrade.toMajor }
    private var others: [NodeSpec] { balancer.nodes.filter { $0.id != upgrade.node } }
    private var primary: NodeSpec? { balancer.nodes.first { $0.id == upgrade.node } }

    func add(to plan: inout Plan) {
        guard let primary else { return }
        let isPlaced = !isUndoing && isRenewed(primary)
        if !isPlaced { addData(of: primary, to: &plan) }
        let data = isUndoing ? "undo:\(name)" : "data:\(name)"
        addPlace(of: primary, to: &plan, after: ["network", "wanted", noted, data])
        let up = "streaming:\(name):\(primary.id)"
        plan.add(
            up,
            .awaitStreaming(balancer: name, node: primary.id),
            "wait until \(primary.host) accepts writes",
            because: "it is the primary, with PostgreSQL \(version)",
            after: ["start:\(primary.containerName)"]
        )
        addService(after: up, isPlaced: isPlaced, to: &plan)
        for node in others {
            addPlace(of: node, to: &plan, after: ["network", "wanted", noted, up, "serving:\(name)"])
            plan.addStreaming(of: node, in: name, after: ["start:\(node.containerName)", up])
        }
        for node in balancer.nodes where seen.container != nil {
            guard !plan.has("attached:\(name):\(node.id)") else { continue }
            plan.addAttached(node, to: name, after: ["balancer:\(name)", "streaming:\(name):\(node.id)"])
        }
        addEnd(to: &plan)
    }

    /// Nobody writes from here until the primary is up again.
    private func addData(of primary: NodeSpec, to plan: inout Plan) {
        if holds {
            plan.add(
                "pause:\(name)",
                .pauseClients(balancer: name, seconds: planner.upgradeSeconds),
                "hold the clients of \(name)",
                because: "no server is up while the data changes its version",
                after: [noted, "wanted"]
            )
        }
        var stopped: [String] = []
        for node in others + [primary] where runs(node) {
            plan.add(
                "stop:\(name):\(node.id)",
                .stopNode(balancer: name, node: node.id),
                "stop \(node.host)",
                because: isUndoing
                    ? "the old data is put back" : "the data of PostgreSQL \(upgrade.fromMajor) has to stand still",
                after: [noted, "wanted", "pause:\(name)"] + stopped
            )
            stopped.append("stop:\(name):\(node.id)")
        }
        let before = [noted, "wanted", "pause:\(name)"] + stopped
        if isUndoing {
            plan.add(
                "undo:\(name)",
                .undoUpgrade(balancer: name, upgrade),
                "remove the data of PostgreSQL \(upgrade.toMajor) from the nodes of \(name)",
                because: "that of PostgreSQL \(upgrade.fromMajor) is used again; what was written since is lost",
                after: before
            )
        } else {
            plan.add(
                "data:\(name)",
                .upgradeData(balancer: name, upgrade),
                "upgrade the data of \(primary.host) from PostgreSQL \(upgrade.fromMajor) to \(upgrade.toMajor)",
                because: "image → \(upgrade.to); the old data stays",
                after: before
            )
        }
    }

    /// A container of the right image that is started; nodes that were stopped before are down whatever was observed.
    private func addPlace(of node: NodeSpec, to plan: inout Plan, after dependencies: [String]) {
        let container = seen.nodes.first { $0.spec.id == node.id }?.container
        let stopped = "stop:\(name):\(node.id)"
        let ready = dependencies + [stopped]
        let cause = "image → \(upgrade.image(of: node.id))"
        if isRenewed(node) {
            guard plan.has(stopped) || container?.state != .running else { return }
            plan.addStart(node.containerName, because: "PostgreSQL \(version) runs in it", after: ready)
            return
        }
        if let container {
            plan.add(
                "remove:\(node.containerName)",
                .removeContainer(name: container.name),
                "remove \(container.name) to make it anew",
                because: cause,
                after: ready
            )
        }
        plan.add(
            "create:\(node.containerName)",
            .createNode(balancer: name, node: node.id),
            "create node \(node.containerName)",
            because: cause,
            after: ready + ["remove:\(node.containerName)"]
        )
        plan.addStart(node.containerName, because: "it was just created", after: ["create:\(node.containerName)"])
    }

    private func addService(after up: String, isPlaced: Bool, to plan: inout Plan) {
        if upgrade.phase == .begun {
            plan.add(
                "serving:\(name)",
                .noteUpgrade(balancer: name, upgrade.at(.serving)),
                "note that \(name) runs PostgreSQL \(upgrade.toMajor)",
                because: "from here on going back would lose writes",
                after: [up]
            )
        }
        guard let container = seen.container else { return }
        if container.state != .running {
            plan.addStart(
                balancer.containerName,
                because: "\(container.name) is \(container.state.rawValue)",
                after: [up]
            )
        } else if holds, !isPlaced || seen.hold?.isPaused == true, let primary {
            plan.addAttached(primary, to: name, after: [up, "serving:\(name)"])
            plan.add(
                "resume:\(name)",
                .resumeClients(balancer: name),
                "let the clients of \(name) go on",
                because: "PostgreSQL \(version) accepts writes",
                after: ["attached:\(name):\(primary.id)"]
            )
        }
        plan.add(
            "balancer:\(name)",
            .awaitBalancer(balancer: name),
            "wait until \(name) accepts a write",
            because: "its primary was away",
            after: [up, "serving:\(name)", "resume:\(name)", "start:\(balancer.containerName)"]
        )
    }

    private func addEnd(to plan: inout Plan) {
        let ends = balancer.nodes.flatMap { ["streaming:\(name):\($0.id)", "attached:\(name):\($0.id)"] }
        plan.add(
            "upgraded:\(name)",
            .noteUpgrade(balancer: name, isUndoing ? nil : upgrade.at(.complete)),
            isUndoing ? "note that the upgrade of \(name) is undone" : "note that the upgrade of \(name) is complete",
            because: isUndoing
                ? "nothing of it is left" : "the old data stays until pgbc upgrade --commit or --rollback",
            after: ends + ["balancer:\(name)"]
        )
    }

    private func runs(_ node: NodeSpec) -> Bool {
        switch seen.nodes.first(where: { $0.spec.id == node.id })?.container?.state {
        case .running, .restarting, .paused: isUndoing || !isRenewed(node)
        default: false
        }
    }

    /// True when the node's container is the one that is wanted.
    private func isRenewed(_ node: NodeSpec) -> Bool {
        guard let found = seen.nodes.first(where: { $0.spec.id == node.id }), found.container != nil else {
            return false
        }
        return found.spec.isSameContainer(as: planner.desired.resolved(node))
    }
}

extension Planner {
    /// The upgrade that the plan has to carry on; `nil` when there is none, or when it is complete.
    func unfinishedUpgrade(of balancer: BalancerSpec) -> (ObservedBalancer, UpgradeRecord)? {
        guard let seen = observed.balancer(balancer.name), let upgrade = seen.upgrade, upgrade.isUnfinished,
            balancer.nodes.contains(where: { $0.id == upgrade.node })
        else { return nil }
        return (seen, upgrade)
    }

    /// Writes down what is about to happen before anything else does, so that the next command can carry it on.
    func addUpgradeNotes(to plan: inout Plan) {
        for balancer in desired.balancers {
            guard let (_, upgrade) = unfinishedUpgrade(of: balancer) else { continue }
            let step = "upgrade:\(balancer.name)"
            switch upgrade.phase {
            case .begun, .serving:
                plan.add(
                    step,
                    .noteUpgrade(balancer: balancer.name, upgrade),
                    "note that \(balancer.name) goes to PostgreSQL \(upgrade.toMajor)",
                    because: "a run that is cut is carried on by the next command",
                    after: strays
                )
            case .undoing:
                plan.add(
                    step,
                    .noteUpgrade(balancer: balancer.name, upgrade),
                    "note that \(balancer.name) goes back to PostgreSQL \(upgrade.fromMajor)",
                    because: "a run that is cut is carried on by the next command",
                    after: strays
                )
            case .committing, .complete: addCommit(of: balancer, upgrade, to: &plan)
            }
        }
    }

    private func addCommit(of balancer: BalancerSpec, _ upgrade: UpgradeRecord, to plan: inout Plan) {
        plan.add(
            "upgrade:\(balancer.name)",
            .noteUpgrade(balancer: balancer.name, upgrade),
            "note that the upgrade of \(balancer.name) is committed",
            because: "a run that is cut is carried on by the next command",
            after: strays
        )
        plan.add(
            "commit:\(balancer.name)",
            .commitUpgrade(balancer: balancer.name, upgrade),
            "remove the data of PostgreSQL \(upgrade.fromMajor) from the nodes of \(balancer.name)",
            because: "there is no way back from here",
            after: ["upgrade:\(balancer.name)"]
        )
        plan.add(
            "upgraded:\(balancer.name)",
            .noteUpgrade(balancer: balancer.name, nil),
            "note that the upgrade of \(balancer.name) is over",
            because: "the old data is gone",
            after: ["commit:\(balancer.name)"]
        )
    }
}

extension ObservedCluster {
    /// What is wanted, with the images that unfinished upgrades bring.
    func keepingUpgrades(in desired: Topology) -> Topology {
        var desired = desired
        for seen in balancers {
            guard let upgrade = seen.upgrade, upgrade.isUnfinished, upgrade.phase != .committing else { continue }
            desired.setImages(of: seen.spec.name, upgrade.image(of:))
        }
        return desired
    }
}

extension Topology {
    /// Gives a balancer's nodes their images, and says it as shortly as it can be said.
    public mutating func setImages(of balancer: String, _ image: (Int) -> String) {
        let before = nodeImage
        for index in balancers.indices {
            let isMeant = balancers[index].name == balancer
            balancers[index].changeNodes { $0.image = isMeant ? image($0.id) : $0.image ?? before }
        }
        let images = Set(balancers.flatMap(\.nodes).compactMap(\.image))
        if images.count == 1, let only = images.first { self.image = only == Self.defaultNodeImage ? nil : only }
        let common = nodeImage
        for index in balancers.indices {
            balancers[index].changeNodes { node in if node.image == common { node.image = nil } }
        }
    }
}

extension BalancerSpec {
    fileprivate mutating func changeNodes(_ change: (inout NodeSpec) -> Void) {
        change(&primary)
        for index in replicas.indices { change(&replicas[index]) }
    }
}
