internal import ClusterModel

// What happens while time passes: clients write, replicas follow, and what was planned comes due.

extension SimulatedCluster {
    /// Lets time pass, and what is planned until then happen in its order.
    mutating func pass(to time: Double) {
        while let next = agenda.firstTime, next <= time, let (at, deed) = agenda.popFirst() {
            flow(to: max(at, now))
            happen(deed)
        }
        flow(to: time)
    }

    /// Plans a deed of a node's present state.
    mutating func plan(_ kind: Deed.Kind, _ balancer: Int, node: Int, in seconds: Double) {
        let planned = balancers[balancer].nodes[node]
        agenda.add(
            Deed(kind: kind, balancer: balancers[balancer].name, node: planned.id, generation: planned.generation),
            at: now + seconds
        )
    }

    /// Plans a deed of a balancer.
    mutating func plan(_ kind: Deed.Kind, _ balancer: Int, generation: Int? = nil, in seconds: Double) {
        agenda.add(Deed(kind: kind, balancer: balancers[balancer].name, generation: generation), at: now + seconds)
    }

    private mutating func flow(to time: Double) {
        let seconds = time - now
        guard seconds > 0 else { return }
        now = time
        for index in balancers.indices { flow(balancers[index].name, index, seconds) }
    }

    private mutating func flow(_ name: String, _ index: Int, _ seconds: Double) {
        let clients = balancers[index].clients
        if clients.count > 0, balancers[index].isRunning {
            switch state(of: balancers[index]) {
            case .writing: balancers[index].write(for: seconds)
            case .waiting: balancers[index].wait(seconds)
            case .failing:
                balancers[index].wait(seconds)
                fail(index)
            }
        }
        balancers[index].follow()
    }

    private enum ClientState { case writing, waiting, failing }

    private func state(of balancer: SimulatedBalancer) -> ClientState {
        if balancer.clients.isHeld { return .waiting }
        guard let primary = balancer.primary, primary.isWritable else { return .failing }
        return balancer.hasEnoughReplicas ? .writing : .waiting
    }

    /// Clients begin to see errors.
    private mutating func fail(_ index: Int) {
        guard balancers[index].isReady, balancers[index].clients.areServed, !balancers[index].clients.isFailing else {
            return
        }
        balancers[index].clients.isFailing = true
        balancers[index].clients.outages += 1
        tell("clients of \(balancers[index].name) get errors")
        if balancers[index].spec.hold, !balancers[index].isDisturbed, !isBeingDestroyed {
            violate("clients of \(balancers[index].name) saw errors, although hold is on and no node had failed")
        }
    }
}

extension SimulatedBalancer {
    /// Whether a transaction can be acknowledged.
    var hasEnoughReplicas: Bool {
        guard spec.sync > 0, spec.whenShort == .wait else { return true }
        return nodes.count { $0.role == .replica && $0.isStreaming && $0.answers } >= spec.sync
    }

    fileprivate mutating func write(for seconds: Double) {
        guard let number = nodes.firstIndex(where: { $0.id == record?.node }), var data = nodes[number].data else {
            return
        }
        let whole = clients.rate * seconds + clients.remainder
        let transactions = Int(whole)
        clients.remainder = whole - Double(transactions)
        data.position += transactions * SimulatedClients.bytes
        nodes[number].data = data
        clients.acknowledged += transactions
        clients.lastAcknowledged = data.end
        if spec.sync > 0, spec.whenShort == .wait { clients.lastPromised = data.end }
        clients.isFailing = false
        clients.areServed = true
        clients.currentIdle = 0
    }

    fileprivate mutating func wait(_ seconds: Double) {
        clients.idle += seconds
        clients.currentIdle += seconds
        clients.longestIdle = max(clients.longestIdle, clients.currentIdle)
    }

    /// Streaming replicas receive what was written, a moment later when nothing makes the clients wait for them.
    fileprivate mutating func follow() {
        guard let source, let log = source.data else { return }
        let isWriting = clients.count > 0 && !clients.isHeld && clients.currentIdle == 0
        let isWaitedFor = spec.sync > 0
        for index in nodes.indices where nodes[index].isStreaming && nodes[index].answers {
            guard var data = nodes[index].data else { continue }
            let behind = isWriting && !isWaitedFor ? Int(clients.rate * Self.delay) * SimulatedClients.bytes : 0
            data.timeline = log.timeline
            data.left = log.left
            data.position = max(data.position, log.position - behind)
            nodes[index].data = data
        }
    }

    /// How far an asynchronous replica is behind under load, in seconds.
    private static let delay = 0.05
}
