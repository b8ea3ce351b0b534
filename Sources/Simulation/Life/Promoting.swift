internal import ClusterModel

// What the agent does to the primary: failover by itself, switchover and failover when it is asked.

extension SimulatedCluster {
    /// The primary is away: the most advanced replica takes over, if there is one.
    mutating func failOver(_ index: Int) {
        balancers[index].isAlarmed = false
        let balancer = balancers[index]
        guard balancer.source == nil, balancer.isReady, balancer.operation == nil, let record = balancer.record else {
            return
        }
        guard let best = balancer.candidates().first else { return }
        tell("\(balancer.name) fails over from node \(record.node) to \(best.spec.host)")
        promote(best.id, index, losesWhatIsMissing: balancer.isDisturbed)
        remember(index, "failover", from: record.node, to: best.id, why: "the primary did not answer")
    }

    /// Records the new primary, and makes it one; whoever was it is fenced by the record.
    mutating func promote(_ id: Int, _ index: Int, losesWhatIsMissing: Bool) {
        guard let record = balancers[index].record, let number = balancers[index].index(of: id),
            var data = balancers[index].nodes[number].data
        else { return }
        balancers[index].record = PrimaryRecord(term: record.term + 1, node: id)
        fence(record.node, index)
        let timeline = balancers[index].nodes.compactMap { $0.data?.timeline }.max() ?? data.timeline
        checkLosses(index, data: data, excused: losesWhatIsMissing)
        data.fork(to: timeline + 1)
        balancers[index].clients.lastAcknowledged = data.end
        balancers[index].nodes[number].touch()
        balancers[index].nodes[number].data = data
        balancers[index].nodes[number].role = .primary
        balancers[index].nodes[number].isDetached = false
        balancers[index].nodes[number].isAway = false
        balancers[index].nodes[number].isStreaming = false
        for other in balancers[index].nodes.indices where other != number {
            balancers[index].nodes[other].isStreaming = false
        }
        tell("\(balancers[index].nodes[number].spec.host) is the primary on timeline \(timeline + 1)")
    }

    /// After an unplanned failure only that may not be lost which replicas had to have before it was acknowledged.
    private mutating func checkLosses(_ index: Int, data: WriteAheadLog, excused: Bool) {
        let clients = balancers[index].clients
        guard !isBeingDestroyed, let last = clients.lastAcknowledged, !data.contains(last) else { return }
        let lost = max(0, last.position - data.position) / SimulatedClients.bytes
        tell("\(lost) acknowledged writes to \(balancers[index].name) are lost")
        if excused, clients.lastPromised.map(data.contains) ?? true { return }
        violate("\(lost) acknowledged writes to \(balancers[index].name) were lost")
    }

    private mutating func fence(_ id: Int, _ index: Int) {
        guard let number = balancers[index].index(of: id), balancers[index].nodes[number].server != .down else {
            return
        }
        balancers[index].nodes[number].isServing = false
        guard !balancers[index].nodes[number].isHung else { return }
        balancers[index].nodes[number].end()
    }

    mutating func remember(_ index: Int, _ kind: String, from: Int, to: Int, why: String) {
        balancers[index].history.append([
            "at": .number(now), "kind": .string(kind), "from": .integer(from), "to": .integer(to),
            "why": .string(why), "cause": .null, "phases": .array([]), "outcome": .string("done"),
        ])
    }

    // MARK: switchover

    /// The next phase of a switchover: the old primary has stopped, the new one writes, all is as it was promised.
    mutating func proceed(_ index: Int) {
        guard let operation = balancers[index].operation else { return }
        switch operation.phase {
        case .stopping: hand(over: operation, index)
        case .promoting: finish(operation, index)
        case .restarting: finishRestart(operation, index)
        }
    }

    private mutating func hand(over operation: SimulatedBalancer.Operation, _ index: Int) {
        guard let source = balancers[index].source, let target = balancers[index].node(operation.to),
            let number = balancers[index].index(of: operation.from), target.answers, target.isStreaming,
            let data = source.data
        else { return rollBack(operation, index) }
        // The last thing that a clean shutdown does is to send everything to those who stream.
        for other in balancers[index].nodes.indices where balancers[index].nodes[other].isStreaming {
            if balancers[index].nodes[other].answers { balancers[index].nodes[other].data = data }
        }
        balancers[index].nodes[number].end()
        promote(operation.to, index, losesWhatIsMissing: false)
        balancers[index].operation?.phase = .promoting
        plan(.proceeds, index, generation: operation.number, in: dice.around(0.3))
    }

    private mutating func finish(_ operation: SimulatedBalancer.Operation, _ index: Int) {
        guard balancers[index].primary?.isWritable == true else {
            guard now - operation.began < 10 else { return rollBack(operation, index) }
            return plan(.proceeds, index, generation: operation.number, in: 0.1)
        }
        balancers[index].operation = nil
        if operation.holds { letGo(index) }
        let host = balancers[index].node(operation.to)?.spec.host ?? "node \(operation.to)"
        let term = balancers[index].record?.term ?? 0
        balancers[index].lastOutcome = .done("\(host) is the primary in term \(term)")
        remember(index, "switchover", from: operation.from, to: operation.to, why: "it was asked for")
    }

    /// A primary that was restarted in place is back, or its clients have waited long enough.
    private mutating func finishRestart(_ operation: SimulatedBalancer.Operation, _ index: Int) {
        let isBack = balancers[index].primary?.isWritable == true
        guard isBack || now - operation.began > 30 else {
            return plan(.proceeds, index, generation: operation.number, in: 0.1)
        }
        balancers[index].operation = nil
        if operation.holds { letGo(index) }
    }

    private mutating func rollBack(_ operation: SimulatedBalancer.Operation, _ index: Int) {
        balancers[index].operation = nil
        if operation.holds { letGo(index) }
        balancers[index].lastOutcome = .rolledBack("the new primary did not answer any more")
        tell("the switchover of \(balancers[index].name) is rolled back")
    }
}

extension SimulatedBalancer {
    /// Replicas that could be promoted, the most advanced first, the lowest number first among equals.
    func candidates() -> [SimulatedNode] {
        nodes.filter { node in
            guard node.answers, node.role == .replica, node.data != nil else { return false }
            return listedNodes?.contains(node.id) == true
        }
        .sorted { $1.fitness < $0.fitness }
    }
}

extension SimulatedNode {
    /// The more, the better as a primary: what it has received, whether it is in service, and the lower number.
    fileprivate var fitness: (Int, Int, Int, Int) {
        (data?.timeline ?? 0, data?.position ?? 0, isDetached ? 0 : 1, -id)
    }
}
