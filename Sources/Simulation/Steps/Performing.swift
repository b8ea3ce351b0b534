public import ClusterModel
public import Orchestration
internal import Synchronization

extension SimulatedBackend {
    /// Does the step to the cluster in memory, in the time that it would take.
    public func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        try arrive()
        runsOfSteps[step.id, default: 0] += 1
        let struck = faults.filter { $0.strikes(step.id, runsOfSteps[step.id] ?? 1) }
        tell("\(step.title)\(struck.isEmpty ? "" : "  <- \(struck.map(\.sentence).joined(separator: ", "))")")
        if failing.contains(step.id) || struck.contains(where: \.isFailure) { throw step.failure }
        try await clock.sleep(dice.around(step.action.seconds) * struck.slowness)
        try checkAlive()
        settle()
        try begin(step, of: plan)
        if struck.contains(where: \.isDeath) { death.withLock { $0 = true } }
        try checkAlive()
        try await finish(step, of: plan)
        performedSteps.append(step.id)
        let note = kept[plan.cluster]?.note(of: step.action)
        forgetEmpty(plan.cluster)
        if struck.contains(where: \.isLoss) { throw step.lostAnswer }
        return note
    }

    private func begin(_ step: Step, of plan: Plan) throws {
        var cluster = kept[plan.cluster] ?? newCluster(plan.cluster)
        do {
            try cluster.begin(step.action, of: plan)
        } catch {
            throw step.error(error)
        }
        kept[plan.cluster] = cluster
        if !waitingFaults.isEmpty { armNodes(of: plan.cluster) }
    }

    private func newCluster(_ name: String) -> SimulatedCluster {
        var cluster = SimulatedCluster(name: name, dice: SeededDice(seed: dice.next()), now: clock.now)
        cluster.writesPerSecond = writesPerSecond
        return cluster
    }

    /// Waits for what the step promises.
    private func finish(_ step: Step, of plan: Plan) async throws {
        let end = clock.now + SimulatedCluster.patience(step.action)
        while let cluster = kept[plan.cluster] {
            do {
                if try cluster.isDone(step.action) { return }
            } catch {
                throw step.error(error)
            }
            guard clock.now < end else { throw step.error(.wouldWaitForEver("it did not come about")) }
            let next = min(cluster.agenda.firstTime ?? clock.now + 1, clock.now + 1, end)
            try await clock.sleep(max(next - clock.now, 0.001))
            try checkAlive()
            settle()
        }
    }

    private func tell(_ text: String) { told.append(Happening(time: clock.now, text: text)) }

    private func forgetEmpty(_ name: String) {
        guard let cluster = kept[name], cluster.isAbsent else { return }
        retired.append(cluster)
        kept[name] = nil
    }
}

extension Step {
    fileprivate var failure: ClusterError {
        ClusterError(.failed, operation: title, message: "the simulation was told to fail here")
    }

    fileprivate var lostAnswer: ClusterError {
        ClusterError(.failed, operation: title, message: "the connection ended before the answer came")
    }

    fileprivate func error(_ fault: SimulatedFault) -> ClusterError {
        switch fault {
        case .noTopology: ClusterError(.failed, operation: title, message: "the plan has no topology for it")
        case .wouldFail(let reason): ClusterError(.failed, operation: title, message: reason)
        case .wouldWaitForEver(let reason): ClusterError(.timedOut, operation: title, message: reason)
        }
    }
}

extension Fault {
    fileprivate func strikes(_ id: String, _ occurrence: Int) -> Bool {
        step.map { $0.id == id && $0.occurrence == occurrence } ?? false
    }
    fileprivate var isFailure: Bool { if case .fails = self { true } else { false } }
    fileprivate var isLoss: Bool { if case .losesAnswer = self { true } else { false } }
}

extension [Fault] {
    fileprivate var slowness: Double {
        reduce(1) { product, fault in
            if case .slows(_, _, let times) = fault { product * Double(times) } else { product }
        }
    }
}

extension Step.Action {
    /// How long it takes apart from what it waits for, in seconds, measured on the default images.
    fileprivate var seconds: Double {
        switch self {
        case .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached: 0.02
        case .awaitSeed: 1.5
        case .createNode, .createBalancer, .createNetwork, .seed, .start: 0.3
        case .removeContainer, .stopNode, .restartNode: 0.5
        case .checkUpgrade: 4
        case .upgradeData: 7
        case .undoUpgrade, .commitUpgrade: 1
        default: 0.1
        }
    }
}
