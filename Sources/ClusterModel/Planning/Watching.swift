// What a watcher does to a cluster, and what is done to the watcher.

extension Plan {
    /// What of this plan begins a repair: nothing of it waits, and nodes that are in maintenance are left alone. So is what can only be done
    /// by waiting: making containers anew that run, which has to be one after the other, and a major upgrade that is not finished.
    ///
    /// Whoever repairs again and again sees by the next look what became of it, and holds the cluster's lock only for a moment.
    public func repairing(_ observed: ObservedCluster) -> Plan {
        let remade = containersMadeAnew(observed)
        let spared = observed.containersInMaintenance.union(observed.containersInUpgrade).union(remade)
        let changes = steps.filter { !$0.action.isWait && !$0.action.leadsElsewhere && !$0.touches(spared) }
        let needed = Set(changes.flatMap(\.dependencies))
        let started = Set(changes.compactMap(\.action.startedContainer))
        var plan = Plan(cluster: cluster, desired: desired)
        plan.notes = notes
        for step in changes where !step.isReturn(of: started, spared, in: observed) {
            if case .switchover = step.action, !needed.contains(step.id) { continue }
            plan.add(step.id, step.action, step.title, because: step.cause, after: step.dependencies)
        }
        return plan
    }

    /// Containers that run, and that this plan replaces.
    private func containersMadeAnew(_ observed: ObservedCluster) -> Set<String> {
        var running: [String] = []
        for balancer in observed.balancers {
            if balancer.container?.isUp == true { running.append(balancer.spec.containerName) }
            for node in balancer.nodes where node.container?.isUp == true { running.append(node.spec.containerName) }
        }
        return Set(running.filter { has("remove:\($0)") && has("create:\($0)") })
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

    /// Names of the containers of nodes whose data is on its way to another major version, or back.
    fileprivate var containersInUpgrade: Set<String> {
        Set(
            balancers
                .filter {
                    $0.upgradeIsUnreadable || $0.upgrade.map { $0.isUnfinished && $0.phase != .committing } == true
                }
                .flatMap(\.nodes).map(\.spec.containerName)
        )
    }
}

extension ObservedContainer {
    fileprivate var isUp: Bool { state == .running || state == .restarting }
}

extension Step {
    fileprivate func touches(_ containers: Set<String>) -> Bool {
        switch action {
        case .start(let name), .connect(let name), .removeContainer(let name, _): containers.contains(name)
        case .createNode, .createBalancer: containers.contains { id == "create:\($0)" }
        default: false
        }
    }

    /// True for putting a node back that the same plan only starts: it is put back when it has caught up. Also for one that is spared,
    /// unless an operation that was cut had taken it out.
    fileprivate func isReturn(of started: Set<String>, _ spared: Set<String>, in observed: ObservedCluster) -> Bool {
        guard case .attach(let name, let node) = action, let balancer = observed.balancer(name),
            let spec = balancer.nodes.first(where: { $0.spec.id == node })?.spec
        else { return false }
        let isAway = balancer.pool?.nodes.first { $0.id == node }?.isAway == true
        return started.contains(spec.containerName) || spared.contains(spec.containerName) && !isAway
    }
}

extension Step.Action {
    fileprivate var startedContainer: String? {
        if case .start(let name) = self { name } else { nil }
    }

    /// True for what is only done on the way to something that a repair leaves out, as taking a node out until it is made anew.
    fileprivate var leadsElsewhere: Bool {
        switch self {
        case .checkUpgrade, .noteUpgrade, .upgradeData, .undoUpgrade, .commitUpgrade: true
        case .pauseClients, .resumeClients, .stopNode, .detach: true
        default: false
        }
    }

    fileprivate var isWait: Bool {
        switch self {
        case .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached, .awaitWatcher: true
        default: false
        }
    }
}
