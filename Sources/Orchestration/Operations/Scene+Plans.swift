internal import ClusterModel

/// Plans for single nodes. Every one of them may be carried out again from the start.
extension Scene {
    /// A primary that is restarted where it is keeps its place: the balancer's agent sees to that, and holds clients where it can.
    func restart(_ node: ObservedNode) -> Plan {
        var plan = plan
        if let note = quorumNote(without: node) { plan.notes.append(note) }
        guard node.container?.state == .running else { return start(node) }
        let isTakenOut = !isPrimary(node) && isServed(node)
        if isTakenOut {
            plan.addDetach(of: node.spec, from: name, because: "it is to be restarted")
        }
        plan.add(
            "restart:\(name):\(node.spec.id)",
            .restartNode(balancer: name, node: node.spec.id),
            "restart PostgreSQL on \(node.spec.host)",
            because: "it was asked for",
            after: plan.steps.map(\.id)
        )
        plan.addStreaming(of: node.spec, in: name, after: ["restart:\(name):\(node.spec.id)"])
        let last = ["streaming:\(name):\(node.spec.id)"]
        if isTakenOut { plan.addAttach(of: node.spec, to: name, because: "it was restarted", after: last) }
        if isPrimary(node) { addWriteWait(to: &plan, after: plan.steps.map(\.id)) }
        return plan
    }

    func stop(_ node: ObservedNode) -> Plan {
        var plan = plan
        guard let container = node.container, container.state == .running || container.state == .restarting else {
            return plan
        }
        if let note = quorumNote(without: node) { plan.notes.append(note) }
        if isServed(node), !isPrimary(node) {
            plan.addDetach(of: node.spec, from: name, because: "it is to be stopped")
        }
        plan.add(
            "stop:\(name):\(node.spec.id)",
            .stopNode(balancer: name, node: node.spec.id),
            "stop \(node.spec.host)",
            because: "it was asked for",
            after: plan.steps.map(\.id)
        )
        return plan
    }

    func start(_ node: ObservedNode) -> Plan {
        var plan = plan
        if node.container?.state != .running {
            plan.addStart(
                node.spec.containerName,
                because: "it is \(node.container?.state.rawValue ?? "not there")"
            )
        }
        plan.addStreaming(of: node.spec, in: name, after: plan.steps.map(\.id))
        addReturn(of: node, to: &plan, because: "it runs again")
        return plan
    }

    func rejoin(_ node: ObservedNode, reclone: Bool) throws -> Plan {
        var plan = plan
        let id = node.spec.id
        let isRunning = node.container?.state == .running
        if !reclone {
            if let postgres = node.postgres, postgres.isStreaming, view(of: node)?.isServing == true { return plan }
            return isRunning && node.postgres?.isStreaming != true ? restart(node) : start(node)
        }
        guard balancer.primary != nil else { throw refused("\(name) has no primary that it could be cloned from") }
        if let note = quorumNote(without: node) { plan.notes.append(note) }
        if isServed(node) { plan.addDetach(of: node.spec, from: name, because: "it is to be cloned anew") }
        plan.add(
            "reclone:\(name):\(id)",
            .reclone(balancer: name, node: id),
            "throw the data of \(node.spec.host) away and clone it anew",
            because: "it was asked for",
            after: plan.steps.map(\.id)
        )
        if !isRunning {
            plan.addStart(
                node.spec.containerName,
                because: "it is \(node.container?.state.rawValue ?? "not there")",
                after: ["reclone:\(name):\(id)"]
            )
        }
        plan.addStreaming(of: node.spec, in: name, after: plan.steps.map(\.id))
        addReturnUnlessInMaintenance(of: node, to: &plan, because: "it was cloned anew")
        return plan
    }

    func replace(_ node: ObservedNode) -> Plan {
        var plan = plan
        let spec = node.spec, container = spec.containerName
        let volume = VolumeName.data(of: spec, in: topology.name)
        if let note = quorumNote(without: node) { plan.notes.append(note) }
        if isServed(node) { plan.addDetach(of: spec, from: name, because: "it is to be replaced") }
        if node.container != nil {
            plan.add(
                "remove:\(container)",
                .removeContainer(name: container),
                "remove \(container)",
                because: "it is to be replaced",
                after: plan.steps.map(\.id)
            )
        }
        if node.hasVolume {
            plan.add(
                "volume:\(volume)",
                .removeVolume(name: volume),
                "remove volume \(volume)",
                because: "a new clone takes its place",
                after: plan.steps.map(\.id)
            )
        }
        plan.add(
            "create:\(container)",
            .createNode(balancer: name, node: spec.id),
            "create node \(container)",
            because: "it takes the place of the old one",
            after: plan.steps.map(\.id)
        )
        plan.addStart(container, because: "it was just created", after: ["create:\(container)"])
        plan.addStreaming(of: spec, in: name, after: ["start:\(container)"])
        addReturnUnlessInMaintenance(of: node, to: &plan, because: "it was replaced")
        return plan
    }

    /// Whoever took it out by hand says when it is put back.
    private func addReturnUnlessInMaintenance(of node: ObservedNode, to plan: inout Plan, because cause: String) {
        guard view(of: node)?.isInMaintenance == true else { return addReturn(of: node, to: &plan, because: cause) }
        plan.notes.append(
            "\(node.spec.host) stays out for maintenance: pgbc maintenance \(node.spec.host) off puts it back"
        )
    }

    /// Puts a node back, also one that was taken out by hand: whoever starts or rejoins it wants it to serve.
    private func addReturn(of node: ObservedNode, to plan: inout Plan, because cause: String) {
        let last = ["streaming:\(name):\(node.spec.id)"]
        guard balancer.isControllable else {
            if balancer.pool != nil, balancer.spec.driver.view != .none {
                plan.addAttached(node.spec, to: name, after: last)
            }
            return
        }
        plan.addAttach(of: node.spec, to: name, because: cause, after: last)
    }

    private func addWriteWait(to plan: inout Plan, after dependencies: [String]) {
        guard balancer.container?.state == .running else { return }
        plan.addWriteWait(on: name, because: "its primary was away", after: dependencies)
    }

    /// A sentence when nobody is left to take reads beside the primary.
    func loneNote(without node: ObservedNode) -> String? {
        let others = balancer.replicas.filter { $0.spec.id != node.spec.id && isServed($0) }
        return others.isEmpty ? "\(name) has no other replica: the primary gets all reads" : nil
    }
}
