internal import ClusterModel
internal import Orchestration
internal import Synchronization

extension SimulatedBackend {
    /// Lets these faults strike: steps when they are begun, nodes at their time.
    func arm(_ faults: [Fault]) {
        self.faults = faults.filter { $0.step != nil }
        waitingFaults = faults.filter { $0.step == nil }
        for name in kept.keys.sorted() { armNodes(of: name) }
    }

    /// Hands over the faults of nodes to the cluster that has their balancer.
    func armNodes(of name: String) {
        guard var cluster = kept[name] else { return }
        for fault in waitingFaults {
            guard let place = fault.place, cluster.index(of: place.balancer) != nil else { continue }
            cluster.agenda.add(
                Deed(kind: .fails(fault), balancer: place.balancer, node: nil, generation: nil),
                at: max(cluster.now, Double(place.at))
            )
            waitingFaults.removeAll { $0 == fault }
        }
        kept[name] = cluster
    }

    /// pgbc is started again, and no step is in anything's way any more. True when it had died.
    func revive() -> Bool {
        defer {
            death.withLock { $0 = false }
            failing = []
            faults = []
            // A lock whose process is gone is taken over.
            lockedBy = [:]
        }
        return death.withLock { $0 }
    }

    /// Waits until the faults of nodes are over, and what they caused.
    func outlast(_ faults: [Fault]) async {
        let end = faults.compactMap(\.end).max() ?? 0
        await rest(max(0, end - clock.now) + 1)
        let patience = clock.now + 120
        while clock.now < patience, !reasonsToWait().isEmpty { await rest(1) }
    }

    private func rest(_ seconds: Double) async {
        try? await clock.sleep(seconds)
        settle()
    }

    private func reasonsToWait() -> [String] { kept.values.flatMap { $0.unsettled.map(\.sentence) } }

    /// What is not as it should be although somebody wants it so, by what and where.
    func intended() -> Set<String> {
        Set(kept.values.flatMap { $0.observed().findings.filter($0.isIntended).map(\.place) })
    }

    /// What of the clusters has not come to rest, one sentence each, apart from what is intended.
    func unsettled(apartFrom intended: Set<String>) -> [String] {
        settle()
        let locks = lockedBy.keys.sorted().map { "the lock of \($0) was not given back" }
        let clusters = kept.keys.sorted().compactMap { kept[$0] }
        let left = clusters.flatMap { cluster in
            cluster.unsettled.filter { !intended.contains($0.place) }.map {
                "\(cluster.name) did not converge: \($0.sentence)"
            }
        }
        return left + locks
    }

    /// Makes every cluster what it was last asked to be, as `pgbc apply` does.
    func complete() async -> [String] {
        var complaints: [String] = []
        for name in kept.keys.sorted() {
            guard let topology = kept[name]?.observed().topology else { continue }
            do {
                _ = try await Orchestrator(backend: self).apply(topology, prune: true)
            } catch {
                complaints.append("apply does not complete \(name): \(error)")
            }
        }
        return complaints
    }

    func result() -> TrialRun.Result {
        var counts: [String: Int] = [:]
        let clusters = retired + kept.keys.sorted().compactMap { kept[$0] }
        var result = TrialRun.Result()
        result.violations = clusters.flatMap(\.violations)
        result.history = clusters.flatMap(\.story) + told
        result.history.sort { $0.time < $1.time }
        result.steps = performedSteps.map { id in
            counts[id, default: 0] += 1
            return (id, counts[id] ?? 1)
        }
        result.calls = primitiveCalls.load(ordering: .relaxed)
        result.seconds = clock.now
        return result
    }
}

extension SimulatedCluster {
    /// What is not as it should be, unless nothing of the cluster is to run.
    fileprivate var unsettled: [Finding] {
        let runs = network != nil || balancers.contains { $0.container != nil }
        return runs ? observed().findings.filter { !$0.waitsForTheUser } : []
    }

    /// Whether a script can have wanted it: a node that was stopped, or taken out of its balancer.
    fileprivate func isIntended(_ finding: Finding) -> Bool {
        let nodes = balancers.flatMap(\.nodes).filter { $0.isStopped || ($0.isDetached && !$0.isAway) }
        return nodes.contains { $0.spec.host == finding.subject } || nodes.contains(where: \.isStopped)
    }
}

extension Finding {
    /// True for what is left to the user: when to restart, and whether to keep an upgrade.
    fileprivate var waitsForTheUser: Bool { kind == "restart_pending" || kind == "upgrade_uncommitted" }

    /// What is wrong, and where.
    fileprivate var place: String { "\(kind) \(subject)" }
}

extension Fault {
    /// The balancer of the node that it strikes, and when.
    fileprivate var place: (balancer: String, at: Int)? {
        switch self {
        case .dies(let balancer, _, let at, _), .hangs(let balancer, _, let at, _): (balancer, at)
        default: nil
        }
    }

    /// When it is over.
    fileprivate var end: Double? {
        switch self {
        case .dies(_, _, let at, let seconds), .hangs(_, _, let at, let seconds): Double(at + seconds)
        default: nil
        }
    }
}
