public import ClusterModel

extension Orchestrator {
    /// Begins what brings back a cluster that was running: containers that are gone, stopped or cut off, and what a cut run left
    /// undone. It waits for none of it, and leaves nodes in maintenance alone. Returns the plan that was carried out.
    @discardableResult
    public func repair(_ cluster: String) async throws -> Plan {
        try await holding(cluster) { observed, lock in
            guard let topology = observed.topology else { throw ClusterError.noTopology(cluster) }
            guard !observed.hasNoContainers else { throw ClusterError.takenDown(cluster) }
            var observed = observed
            // A watcher and a command of two versions must not write each other's files anew for ever.
            observed.isHalfWritten = false
            let plan = Planner(desired: topology, observed: observed, prune: true).plan().repairing(observed)
            guard !plan.hasSeed else { throw ClusterError.dataUnknown(cluster) }
            try await run(plan, lock)
            return plan
        }
    }

    /// Starts a container on the engine that watches over a cluster with this program, in the place of one that is there already.
    /// Returns the plan that was carried out.
    @discardableResult
    public func installWatcher(on cluster: String, arguments: [String]) async throws -> Plan {
        try await holding(cluster) { observed, lock in
            guard observed.topology != nil else { throw ClusterError.noTopology(cluster) }
            let plan = Plan.installWatcher(observed, arguments: arguments)
            try await run(plan, lock)
            return plan
        }
    }

    /// Removes that container. Returns the plan that was carried out; it is empty when there was none.
    @discardableResult
    public func removeWatcher(from cluster: String) async throws -> Plan {
        try await operate(on: cluster) { Plan.removeWatcher($0) }
    }
}

extension Plan {
    fileprivate var hasSeed: Bool {
        steps.contains { step in
            if case .seed = step.action { true } else { false }
        }
    }
}

extension ClusterError {
    fileprivate static func takenDown(_ cluster: String) -> ClusterError {
        ClusterError(
            .failed,
            operation: "repair \(cluster)",
            message: "it has no container any more, so that it looks taken down on purpose",
            advice: "pgbc apply \(cluster) brings it up, pgbc destroy \(cluster) removes the rest"
        )
    }

    fileprivate static func dataUnknown(_ cluster: String) -> ClusterError {
        ClusterError(
            .failed,
            operation: "repair \(cluster)",
            message: "its control volume does not say who is primary, and data is initialised only by hand",
            advice: "look at pgbc plan \(cluster) first"
        )
    }
}
