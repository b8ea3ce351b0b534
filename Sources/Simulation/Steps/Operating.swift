internal import ClusterModel

// What is done to a running cluster: settings, starts and stops, clients, and who is primary.

extension SimulatedCluster {
    mutating func operate(_ action: Step.Action) throws(SimulatedFault) {
        switch action {
        case .reloadNode(let name, let id): try reload(id, of: name)
        case .reloadBalancer(let name): try change(name) { $0.inForce = $0.spec.parameters }
        case .stopNode(let name, let id): try stop(id, of: name, restarts: false)
        case .restartNode(let name, let id):
            if let index = index(of: name), balancers[index].source?.id == id { beginRestart(index, of: id) }
            try stop(id, of: name, restarts: true)
        case .attach(let name, let id):
            try change(name, id) { node in
                node.isDetached = false
                node.isAway = false
            }
        case .pauseClients(let name, let seconds): try pause(name, Double(seconds))
        case .resumeClients(let name): try resume(name)
        case .switchover(let name, let id, let seconds): try switchOver(name, to: id, within: Double(seconds))
        case .failover(let name, let id): try forceFailover(name, to: id)
        case .reclone(let name, let id): try reclone(id, of: name)
        // Nobody logs in here.
        case .writeSecrets, .takeSecrets, .forgetSecrets: break
        case .checkUpgrade, .noteUpgrade, .upgradeData, .undoUpgrade, .commitUpgrade: try upgrade(action)
        default: throw .wouldFail("the simulation does not know this step")
        }
    }

    /// The control volume says what is wanted now; nodes and balancers read it when they are told to.
    mutating func writeWanted(_ desired: Topology?) throws(SimulatedFault) {
        guard let desired else { throw .noTopology }
        volumes.insert(VolumeName.control(name))
        wanted = desired
        for index in balancers.indices {
            guard let spec = desired.balancer(balancers[index].name) else { continue }
            balancers[index].spec.parameters = spec.parameters
            balancers[index].spec.sync = spec.sync
            balancers[index].spec.whenShort = spec.whenShort
            balancers[index].spec.settings = spec.settings
            for number in balancers[index].nodes.indices {
                guard let node = spec.nodes.first(where: { $0.id == balancers[index].nodes[number].id }) else {
                    continue
                }
                balancers[index].nodes[number].spec.settings = desired.resolved(node).settings
                balancers[index].nodes[number].spec.weight = node.weight
            }
        }
    }

    /// Takes a node out by hand, or for as long as an operation on it lasts.
    mutating func detach(_ id: Int, of name: String, isAway: Bool) throws(SimulatedFault) {
        try change(name, id) { node in
            node.isDetached = true
            node.isAway = isAway
        }
    }

    private mutating func reload(_ id: Int, of name: String) throws(SimulatedFault) {
        try change(name, id) { $0.reloadSettings() }
        guard let node = balancer(name)?.node(id), let refused = node.refused.sorted(by: { $0.key < $1.key }).first
        else {
            return
        }
        throw .wouldFail(
            "PostgreSQL refuses \(refused.key) = '\(node.spec.settings[refused.key] ?? "")': \(refused.value)"
        )
    }

    private mutating func stop(_ id: Int, of name: String, restarts: Bool) throws(SimulatedFault) {
        guard let index = index(of: name), balancers[index].node(id)?.container != nil else {
            throw .wouldFail("there is no container of node \(id) of \(name)")
        }
        // A clean shutdown sends everything to those who stream.
        if balancers[index].source?.id == id, let data = balancers[index].source?.data {
            for number in balancers[index].nodes.indices where balancers[index].nodes[number].isStreaming {
                balancers[index].nodes[number].data = data
            }
        }
        try change(name, id) { node in
            node.end()
            node.isStopped = !restarts
            node.container?.state = restarts ? .running : .exited
        }
    }

    private mutating func reclone(_ id: Int, of name: String) throws(SimulatedFault) {
        guard balancer(name)?.record?.node != id else { throw .wouldFail("node \(id) is the primary of \(name)") }
        try change(name, id) { node in
            node.end()
            node.isServing = false
            node.data = nil
        }
    }

    private mutating func pause(_ name: String, _ seconds: Double) throws(SimulatedFault) {
        guard let index = index(of: name), balancers[index].isReady else { throw .wouldFail("\(name) does not run") }
        guard balancers[index].spec.hold else { throw .wouldFail("\(name) cannot hold its clients: hold is off") }
        balancers[index].clients.heldUntil = now + seconds
        tell("the clients of \(name) are held")
        plan(.letsGo, index, in: seconds)
    }

    private mutating func resume(_ name: String) throws(SimulatedFault) {
        guard let index = index(of: name), balancers[index].isReady else { throw .wouldFail("\(name) does not run") }
        guard balancers[index].clients.isHeld else { return }
        letGo(index)
        reconcile(index)
    }

    private mutating func switchOver(_ name: String, to id: Int?, within seconds: Double) throws(SimulatedFault) {
        guard let index = index(of: name), balancers[index].isReady else { throw .wouldFail("\(name) does not run") }
        let balancer = balancers[index]
        guard let source = balancer.source else { throw .wouldFail("\(name) has no primary that answers") }
        guard balancer.operation == nil else { throw .wouldFail("\(name) is busy with another operation") }
        balancers[index].lastOutcome = nil
        if source.id == id { return }
        let streaming = balancer.candidates().filter(\.isStreaming)
        guard let target = id.map({ id in streaming.first { $0.id == id } }) ?? streaming.first else {
            throw .wouldFail(id.map { "node \($0) does not stream" } ?? "no replica of \(name) streams")
        }
        begin(index, from: source.id, to: target.id, "switchover to \(target.id)")
    }

    private mutating func begin(
        _ index: Int,
        from: Int,
        to: Int,
        _ title: String,
        phase: SimulatedBalancer.Operation.Phase = .stopping
    ) {
        balancers[index].operations += 1
        let holds = balancers[index].spec.hold && !balancers[index].clients.isHeld
        balancers[index].operation = SimulatedBalancer.Operation(
            number: balancers[index].operations,
            title: title,
            from: from,
            to: to,
            began: now,
            phase: phase,
            holds: holds
        )
        if holds { balancers[index].clients.heldUntil = now + 60 }
        tell("\(balancers[index].name) begins a \(title)")
        plan(.proceeds, index, generation: balancers[index].operations, in: dice.around(0.3))
    }

    /// The agent holds the clients itself while the primary is restarted in place.
    private mutating func beginRestart(_ index: Int, of id: Int) {
        guard balancers[index].isReady, balancers[index].operation == nil else { return }
        begin(index, from: id, to: id, "restart of \(id)", phase: .restarting)
    }

    private mutating func forceFailover(_ name: String, to id: Int?) throws(SimulatedFault) {
        guard let index = index(of: name), balancers[index].isReady, let record = balancers[index].record else {
            throw .wouldFail("\(name) does not run")
        }
        guard balancers[index].operation == nil else { throw .wouldFail("\(name) is busy with another operation") }
        balancers[index].lastOutcome = nil
        if record.node == id, balancers[index].source != nil { return }
        let candidates = balancers[index].candidates().filter { $0.id != record.node }
        guard let target = id.map({ id in candidates.first { $0.id == id } }) ?? candidates.first else {
            throw .wouldFail(id.map { "node \($0) cannot be promoted" } ?? "no replica of \(name) can be promoted")
        }
        balancers[index].isDisturbed = true
        promote(target.id, index, losesWhatIsMissing: true)
        balancers[index].lastOutcome = .done("\(target.spec.host) is the primary in term \(record.term + 1)")
        remember(index, "failover", from: record.node, to: target.id, why: "it was asked for")
        reconcile(index)
    }

    private mutating func change(
        _ name: String,
        _ edit: (inout SimulatedBalancer) -> Void
    ) throws(SimulatedFault) {
        guard let index = index(of: name) else { throw .wouldFail("there is no balancer \(name)") }
        edit(&balancers[index])
        reconcile(index)
    }

    private mutating func change(
        _ name: String,
        _ id: Int,
        _ edit: (inout SimulatedNode) -> Void
    ) throws(SimulatedFault) {
        guard let index = index(of: name), let number = balancers[index].index(of: id) else {
            throw .wouldFail("there is no node \(id) of \(name)")
        }
        edit(&balancers[index].nodes[number])
        reconcile(index)
    }
}
