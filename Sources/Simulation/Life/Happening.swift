internal import ClusterModel

extension SimulatedCluster {
    /// Lets a deed happen, unless the state that it was planned for is gone.
    mutating func happen(_ deed: Deed) {
        if case .fails(let fault) = deed.kind { return strike(fault) }
        guard let index = index(of: deed.balancer) else { return }
        guard let node = deed.node else { return happen(deed.kind, to: index, generation: deed.generation) }
        guard let number = balancers[index].index(of: node),
            deed.isFor(balancers[index].nodes[number])
        else { return }
        happen(deed.kind, to: index, number)
        reconcile(index)
    }

    private mutating func happen(_ kind: Deed.Kind, to index: Int, _ number: Int) {
        switch kind {
        case .containerRestarts: restartContainer(index, number)
        case .boots: boot(index, number)
        case .streams: stream(index, number)
        case .attaches:
            balancers[index].nodes[number].isAwaited = false
            guard balancers[index].canServe(number) else { return }
            balancers[index].nodes[number].isServing = true
        case .noticesSilence:
            balancers[index].nodes[number].isNoticed = false
            guard !balancers[index].canServe(number) else { return }
            balancers[index].nodes[number].isServing = false
        case .wakes: wake(index, number)
        default: break
        }
    }

    private mutating func happen(_ kind: Deed.Kind, to index: Int, generation: Int?) {
        switch kind {
        case .serves:
            guard generation == balancers[index].generation, balancers[index].isRunning else { return }
            balancers[index].isReady = true
        case .failsOver: failOver(index)
        case .letsGo:
            if let until = balancers[index].clients.heldUntil, until <= now { letGo(index) }
        case .proceeds:
            guard generation == balancers[index].operation?.number else { return }
            proceed(index)
        default: break
        }
        reconcile(index)
    }

    mutating func letGo(_ index: Int) {
        balancers[index].clients.heldUntil = nil
        tell("the clients of \(balancers[index].name) go on")
    }

    /// Plans what follows by itself from the state of a balancer and its nodes.
    mutating func reconcile(_ index: Int) {
        for number in balancers[index].nodes.indices {
            expect(index, number)
            serve(index, number)
        }
        watchPrimary(index)
        checkPrimaries(index)
    }

    private mutating func expect(_ index: Int, _ number: Int) {
        let node = balancers[index].nodes[number]
        guard node.isRunning, !node.isExpecting, !node.isHung else { return }
        if node.server == .down, node.data != nil || balancers[index].source != nil {
            balancers[index].nodes[number].isExpecting = true
            balancers[index].nodes[number].server = .starting
            plan(.boots, index, node: number, in: dice.around(node.data == nil ? 1.5 : 0.3))
        } else if node.server == .up, node.role == .replica, !node.isStreaming, balancers[index].source != nil {
            balancers[index].nodes[number].isExpecting = true
            plan(.streams, index, node: number, in: dice.around(0.3))
        }
    }

    private mutating func serve(_ index: Int, _ number: Int) {
        let node = balancers[index].nodes[number]
        if balancers[index].canServe(number) {
            guard !node.isServing, !node.isAwaited else { return }
            balancers[index].nodes[number].isAwaited = true
            plan(.attaches, index, node: number, in: dice.around(node.role == .primary ? 0.1 : 0.5))
        } else if node.isServing, !node.isHung {
            noticeLater(index, number)
        }
    }

    /// A balancer finds out by its next check that a server is away; of what it was told itself it knows at once.
    private mutating func noticeLater(_ index: Int, _ number: Int) {
        let node = balancers[index].nodes[number]
        let isTold = node.isDetached || balancers[index].listedNodes?.contains(node.id) != true
        guard node.isRunning, !isTold, balancers[index].isReady, node.role == .primary else {
            balancers[index].nodes[number].isServing = false
            return
        }
        guard !node.isNoticed else { return }
        balancers[index].nodes[number].isNoticed = true
        plan(.noticesSilence, index, node: number, in: dice.around(2))
    }

    /// The agent replaces a primary that is away for three seconds.
    private mutating func watchPrimary(_ index: Int) {
        let balancer = balancers[index]
        guard balancer.isReady, balancer.isRunning, balancer.operation == nil, balancer.record != nil else { return }
        guard balancer.source == nil, !balancer.isAlarmed else { return }
        balancers[index].isAlarmed = true
        plan(.failsOver, index, in: dice.around(3))
    }

    private mutating func checkPrimaries(_ index: Int) {
        let reachable = balancers[index].nodes.filter { $0.isWritable && $0.isServing }
        guard reachable.count > 1 else { return }
        violate(
            "clients of \(balancers[index].name) can reach two writable primaries: "
                + reachable.map(\.spec.host).joined(separator: " and ")
        )
    }
}

extension SimulatedBalancer {
    /// Whether the balancer would send clients to a node.
    func canServe(_ number: Int) -> Bool {
        let node = nodes[number]
        guard isRunning, isReady, node.answers, !node.isDetached, listedNodes?.contains(node.id) == true else {
            return false
        }
        return node.role == .primary ? record?.node == node.id : node.isStreaming
    }
}
