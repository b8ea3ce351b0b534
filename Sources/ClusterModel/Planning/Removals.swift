extension Planner {
    /// Steps that take away nodes and balancers which are there and are not wanted.
    func addRemovals(to plan: inout Plan) {
        for seen in observed.balancers {
            guard let wanted = desired.balancers.first(where: { $0.name == seen.spec.name }) else {
                let cause = "balancer \(seen.spec.name) is no longer wanted"
                plan.addRemoval(
                    of: seen,
                    keepData: false,
                    because: cause,
                    volumes: observed.volumes,
                    cluster: desired.name,
                    after: strays
                )
                continue
            }
            let ids = Set(wanted.nodes.map(\.id))
            let surplus = seen.nodes.filter { !ids.contains($0.spec.id) }
            guard !surplus.isEmpty else { continue }
            addHandover(from: surplus, of: seen, among: ids, to: &plan)
            plan.add(
                "unlist:\(wanted.name)",
                .writeNodeList(balancer: wanted.name, nodes: ids.sorted()),
                "take \(surplus.map(\.spec.host).joined(separator: ", ")) off the list of \(wanted.name)",
                because: "\(surplus.count == 1 ? "it is" : "they are") no longer wanted",
                after: ["wanted", "list:\(wanted.name)", "switchover:\(wanted.name)"]
                    + wanted.nodes.filter { plan.has("create:\($0.containerName)") }.map {
                        "attached:\(wanted.name):\($0.id)"
                    }
            )
            for node in surplus { addRemoval(of: node, from: seen, to: &plan) }
        }
    }

    /// A primary that is to go hands over to a node that stays.
    private func addHandover(
        from surplus: [ObservedNode],
        of balancer: ObservedBalancer,
        among staying: Set<Int>,
        to plan: inout Plan
    ) {
        guard balancer.canSwitch, !plan.has("switchover:\(balancer.spec.name)"),
            let old = surplus.first(where: { $0.spec.id == balancer.primaryID }),
            let new = balancer.successor(of: old.spec.id, among: staying)
        else { return }
        plan.addSwitchover(
            of: balancer.spec.name,
            from: old.spec,
            to: new,
            because: "\(old.spec.host) is primary now and no longer wanted",
            after: ["wanted", "list:\(balancer.spec.name)"]
        )
    }

    /// First the balancer lets go of the node, then the node goes.
    private func addRemoval(of node: ObservedNode, from balancer: ObservedBalancer, to plan: inout Plan) {
        let cause = "\(node.spec.host) is no longer wanted"
        if balancer.container?.state == .running, balancer.spec.driver.view != .none {
            plan.add(
                "detached:\(node.spec.host)",
                .awaitDetached(balancer: balancer.spec.name, node: node.spec.id),
                "wait until \(balancer.spec.name) lets go of \(node.spec.host)",
                because: cause,
                after: ["unlist:\(balancer.spec.name)", "balancer:\(balancer.spec.name)"]
            )
        }
        plan.addRemoval(
            of: node,
            keepData: false,
            graceful: true,
            because: cause,
            volumes: observed.volumes,
            cluster: desired.name,
            after: strays + ["unlist:\(balancer.spec.name)", "detached:\(node.spec.host)"]
        )
    }
}

extension Plan {
    /// The plan that removes everything of a cluster that was observed; with `keepData` its volumes stay.
    public static func destroy(_ observed: ObservedCluster, keepData: Bool) -> Plan {
        var plan = Plan(cluster: observed.name, desired: nil)
        let cause = "the cluster is to be destroyed"
        if !keepData, observed.volumes.contains(VolumeName.control(observed.name)) {
            plan.add(
                "mark",
                .markDestroying,
                "mark the cluster as being destroyed",
                because: "a cut run can be completed"
            )
        }
        // First, so that it brings nothing back.
        var first = ["mark"]
        if let watcher = observed.watcher {
            plan.addContainerRemoval(watcher.name, graceful: false, because: cause, after: first)
            first.append("remove:\(watcher.name)")
        }
        for stray in observed.strays {
            plan.addContainerRemoval(stray.name, graceful: false, because: cause, after: first)
        }
        // The mark can be read as long as a container is there: one stays until all data is gone.
        let witness = keepData ? nil : observed.balancers.lazy.compactMap(\.container).first?.name
        for balancer in observed.balancers {
            plan.addRemoval(
                of: balancer,
                keepData: keepData,
                because: cause,
                volumes: observed.volumes,
                cluster: observed.name,
                leaving: witness,
                // A stray may be a node's container whose removal was cut, and hold its volume.
                after: first + observed.strays.map { "remove:\($0.name)" }
            )
        }
        let control = VolumeName.control(observed.name)
        if !keepData {
            let others = observed.volumes.subtracting([control]).sorted()
            plan.addVolumeRemovals(others, because: cause, after: plan.steps.map(\.id))
        }
        if let witness {
            plan.addContainerRemoval(witness, graceful: false, because: cause, after: plan.steps.map(\.id))
        }
        let removed = plan.steps.map(\.id)
        if !keepData, observed.volumes.contains(control) {
            plan.addVolumeRemovals([control], because: cause, after: removed)
        }
        if let network = observed.network {
            plan.add(
                "network",
                .removeNetwork(name: network.name),
                "remove network \(network.name)",
                because: cause,
                after: removed
            )
        }
        return plan
    }

    mutating func addRemoval(
        of balancer: ObservedBalancer,
        keepData: Bool,
        because cause: String,
        volumes: Set<String>,
        cluster: String,
        leaving witness: String? = nil,
        after dependencies: [String] = []
    ) {
        if let container = balancer.container, container.name != witness {
            addContainerRemoval(container.name, graceful: keepData, because: cause, after: dependencies)
        }
        for node in balancer.nodes {
            addRemoval(
                of: node,
                keepData: keepData,
                graceful: keepData,
                because: cause,
                volumes: volumes,
                cluster: cluster,
                after: keepData ? ["remove:\(balancer.spec.containerName)"] : dependencies
            )
        }
    }

    mutating func addRemoval(
        of node: ObservedNode,
        keepData: Bool,
        graceful: Bool,
        because cause: String,
        volumes: Set<String>,
        cluster: String,
        after dependencies: [String]
    ) {
        if let container = node.container {
            addContainerRemoval(container.name, graceful: graceful, because: cause, after: dependencies)
        }
        let volume = VolumeName.data(of: node.spec, in: cluster)
        guard !keepData, volumes.contains(volume) else { return }
        add(
            "volume:\(volume)",
            .removeVolume(name: volume),
            "remove volume \(volume)",
            because: cause,
            after: ["remove:\(node.spec.containerName)"] + dependencies
        )
    }

    private mutating func addVolumeRemovals(
        _ names: [String],
        because cause: String,
        after dependencies: [String]
    ) {
        for name in names where !has("volume:\(name)") {
            add(
                "volume:\(name)",
                .removeVolume(name: name),
                "remove volume \(name)",
                because: cause,
                after: dependencies
            )
        }
    }

    mutating func addContainerRemoval(
        _ name: String,
        graceful: Bool,
        because cause: String,
        after dependencies: [String] = []
    ) {
        add(
            "remove:\(name)",
            .removeContainer(name: name, graceful: graceful),
            "remove \(name)",
            because: cause,
            after: dependencies
        )
    }
}

/// Names of a cluster's volumes.
public enum VolumeName {
    /// The volume that all containers of a cluster share: secrets, node lists, and who is primary.
    public static func control(_ cluster: String) -> String { "\(cluster)_control" }
    /// A node's data.
    public static func data(of node: NodeSpec, in cluster: String) -> String {
        let isPrefixed = node.containerName.hasPrefix("\(cluster)_")
        return isPrefixed ? "\(node.containerName)_data" : "\(cluster)_\(node.containerName)_data"
    }
}
