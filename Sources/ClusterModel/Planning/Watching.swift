// What a watcher does to a cluster, and what is done to the watcher.

extension Plan {
    /// What of this plan begins a repair: nothing of it waits, and nodes that are in maintenance are left alone.
    ///
    /// Whoever repairs again and again sees by the next look what became of it, and holds the cluster's lock only for a moment.
    public func repairing(_ observed: ObservedCluster) -> Plan {
        let spared = observed.containersInMaintenance
        let changes = steps.filter { step in !step.action.isWait && !step.touches(spared) }
        let started = Set(changes.compactMap(\.action.startedContainer))
        var plan = Plan(cluster: cluster, desired: desired)
        plan.notes = notes
        for step in changes where !step.isReturn(of: started, in: observed) {
            plan.add(step.id, step.action, step.title, because: step.cause, after: step.dependencies)
        }
        return plan
    }

    /// The plan that starts the container which watches over a cluster, in the place of one that is there already.
    public static func installWatcher(_ observed: ObservedCluster, arguments: [String]) -> Plan {
        let name = WatcherName.container(observed.name)
        var plan = Plan(cluster: observed.name, desired: observed.topology)
        if let old = observed.watcher {
            plan.addContainerRemoval(old.name, graceful: true, because: "a new watcher takes its place")
        }
        plan.add(
            "create:\(name)",
            .createWatcher(arguments: arguments),
            "create \(name) from this program",
            because: "it is to watch over \(observed.name)",
            after: ["remove:\(name)"]
        )
        plan.addStart(name, because: "it was just created", after: ["create:\(name)"])
        plan.add(
            "watching",
            .awaitWatcher,
            "wait until \(name) has looked at \(observed.name)",
            because: "it has to reach the engine and the balancers",
            after: ["start:\(name)"]
        )
        return plan
    }

    /// The plan that removes that container; empty when there is none.
    public static func removeWatcher(_ observed: ObservedCluster) -> Plan {
        var plan = Plan(cluster: observed.name, desired: observed.topology)
        if let watcher = observed.watcher {
            plan.addContainerRemoval(watcher.name, graceful: true, because: "it was asked for")
        }
        return plan
    }
}

/// The name of a watcher, which an engine can have only once.
public enum WatcherName {
    /// The container that watches over a cluster.
    public static func container(_ cluster: String) -> String { "\(cluster)_watch" }
}

extension ObservedCluster {
    /// True when no balancer and no node has a container.
    public var hasNoContainers: Bool { balancers.allSatisfy(\.isAbsent) }

    /// Names of the containers of nodes that somebody took out by hand.
    fileprivate var containersInMaintenance: Set<String> {
        Set(
            balancers.flatMap { balancer in
                let ids = Set((balancer.pool?.nodes ?? []).filter(\.isInMaintenance).map(\.id))
                return balancer.nodes.filter { ids.contains($0.spec.id) }.map(\.spec.containerName)
            }
        )
    }
}

extension Step {
    fileprivate func touches(_ containers: Set<String>) -> Bool {
        switch action {
        case .start(let name), .connect(let name): containers.contains(name)
        case .createNode: containers.contains { id == "create:\($0)" }
        default: false
        }
    }

    /// True for putting a node back that the same plan only starts: it is put back when it has caught up.
    fileprivate func isReturn(of started: Set<String>, in observed: ObservedCluster) -> Bool {
        guard case .attach(let balancer, let node) = action,
            let spec = observed.balancer(balancer)?.nodes.first(where: { $0.spec.id == node })?.spec
        else { return false }
        return started.contains(spec.containerName)
    }
}

extension Step.Action {
    fileprivate var startedContainer: String? {
        if case .start(let name) = self { name } else { nil }
    }

    fileprivate var isWait: Bool {
        switch self {
        case .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached, .awaitWatcher: true
        default: false
        }
    }
}
