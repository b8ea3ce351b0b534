internal import ClusterModel

extension SimulatedCluster {
    /// Begins what a step does, or says why it cannot be done now. Doing it again changes nothing.
    ///
    /// - Parameter plan: what else is to be done: a node that the same plan puts back is only away for a while.
    mutating func begin(_ action: Step.Action, of plan: Plan) throws(SimulatedFault) {
        let desired = plan.desired
        switch action {
        case .createNetwork: try createNetwork(desired)
        case .writeControl:
            volumes.insert(VolumeName.control(name))
            wanted = desired ?? wanted
        case .writeWanted: try writeWanted(desired)
        case .writeNodeList(let balancer, let nodes): try listNodes(nodes, of: balancer, desired)
        case .seed(let balancer): _ = try index(of: balancer, or: desired)
        case .awaitSeed(let balancer): try seed(balancer, desired)
        case .createNode(let balancer, let id): try createNode(id, of: balancer, desired)
        case .createBalancer(let balancer): try createBalancer(balancer, desired)
        case .start(let container): try start(container)
        case .connect(let container): connect(container)
        case .createWatcher: watcher = watcher ?? .made(WatcherName.container(name), image: desired?.nodeImage)
        case .markDestroying: isBeingDestroyed = true
        case .removeContainer(let container, _): remove(container)
        case .removeVolume(let volume): try removeVolume(volume)
        case .removeNetwork: network = nil
        case .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached, .awaitWatcher: break
        case .detach(let balancer, let id):
            try detach(
                id,
                of: balancer,
                isAway: plan.steps.contains { $0.action == .attach(balancer: balancer, node: id) }
            )
        default: try operate(action)
        }
        balancers.removeAll { $0.isGone }
    }

    /// Whether what a step waits for has come.
    func isDone(_ action: Step.Action) throws(SimulatedFault) -> Bool {
        switch action {
        case .awaitPrimary(let name): return balancer(name)?.source != nil
        case .awaitStreaming(let name, let id): return isInPlace(id, of: name)
        case .awaitBalancer(let name): return balancer(name)?.primary?.isWritable == true
        case .awaitAttached(let name, let id):
            guard let node = balancer(name)?.node(id) else { return false }
            return node.isServing || node.isDetached
        case .awaitDetached(let name, let id): return balancer(name)?.node(id)?.isServing != true
        case .awaitWatcher: return watcher?.state == .running
        case .restartNode(let name, let id): return isInPlace(id, of: name) && balancer(name)?.operation == nil
        case .reclone(let name, let id): return isInPlace(id, of: name)
        case .attach(let name, let id): return balancer(name)?.node(id)?.isServing == true
        case .switchover(let name, _, _), .failover(let name, _): return try hasEnded(name)
        default: return true
        }
    }

    /// How long a step waits for that, in seconds, before it gives up.
    static func patience(_ action: Step.Action) -> Double {
        switch action {
        case .switchover(_, _, let seconds): Double(seconds) + 30
        default: 120
        }
    }

    private func isInPlace(_ id: Int, of name: String) -> Bool {
        guard let node = balancer(name)?.node(id), node.answers else { return false }
        return node.role == .primary || node.isStreaming
    }

    private func hasEnded(_ name: String) throws(SimulatedFault) -> Bool {
        guard let balancer = balancer(name) else { throw .wouldFail("there is no balancer \(name)") }
        guard balancer.operation == nil else { return false }
        if case .rolledBack(let reason) = balancer.lastOutcome { throw .wouldFail("rolled back: \(reason)") }
        return balancer.primary?.isWritable == true
    }

    /// The short sentence that a finished step leaves.
    func note(of action: Step.Action) -> String? {
        switch action {
        case .switchover(let name, _, _), .failover(let name, _):
            if case .done(let text) = balancer(name)?.lastOutcome { return text }
            return nil
        case .reloadNode(let name, let id):
            let pending = balancer(name)?.node(id)?.pending.sorted() ?? []
            return pending.isEmpty
                ? nil : "\(pending.joined(separator: ", ")) \(pending.count == 1 ? "waits" : "wait") for a restart"
        default: return nil
        }
    }
}

extension SimulatedBalancer {
    /// True when nothing remembers it any more.
    fileprivate var isGone: Bool {
        container == nil && record == nil && nodes.allSatisfy { $0.container == nil && !$0.hasVolume }
            && listedNodes == nil
    }
}
