internal import ClusterModel
internal import DockerEngine

extension EngineSnapshot {
    /// The observation as far as the engine and the control volume know. Containers are as their labels say; what can be changed
    /// without another container is as it was last written down.
    func observed(_ control: ControlVolume) -> ObservedCluster {
        let made = topology
        let wanted = control.wanted ?? made
        let names = (made?.balancers ?? []).map(\.name)
        let specs = (made?.balancers ?? []) + (wanted?.balancers ?? []).filter { !names.contains($0.name) }
        return ObservedCluster(
            name: name,
            topology: wanted,
            network: networks.first.map {
                ObservedNetwork(id: $0.id, name: $0.name, subnet: $0.subnets.first?.range ?? "")
            },
            volumes: Set(volumes.map(\.name)),
            strays: containers.filter { $0.kind == .seed || $0.isGoing }.map { ObservedContainer($0) },
            watcher: containers.first { $0.kind == .watcher }.map { ObservedContainer($0) },
            balancers: specs.map { observed($0.asLastWritten(in: wanted), control) },
            lockedBy: lockedBy,
            isBeingDestroyed: control.isBeingDestroyed,
            isHalfWritten: control.wanted.map { !control.holds($0) } ?? false
        )
    }

    private func observed(_ spec: BalancerSpec, _ control: ControlVolume) -> ObservedBalancer {
        ObservedBalancer(
            spec: spec,
            container: container(.balancer) { $0[Label.balancer] == spec.name },
            record: control.record(of: spec.name),
            listedNodes: control.nodeList(of: spec.name),
            listedAddresses: control.nodeAddresses(of: spec.name),
            upgrade: control.upgrade(of: spec.name),
            upgradeIsUnreadable: control.hasUnreadableUpgrade(of: spec.name),
            nodes: spec.nodes.map { node in
                ObservedNode(
                    spec: node,
                    container: container(.node) {
                        $0[Label.balancer] == spec.name && $0[Label.node] == node.host
                    },
                    hasVolume: volumes.contains { $0.name == VolumeName.data(of: node, in: name) }
                )
            }
        )
    }

    private func container(_ kind: Label.Kind, where matches: ([String: String]) -> Bool) -> ObservedContainer? {
        containers.first { $0.kind == kind && matches($0.labels) }.map { found in
            var container = ObservedContainer(found)
            container.isCutOff = topology.map { found.networks[$0.network.name] == nil } ?? false
            return container
        }
    }
}

extension BalancerSpec {
    /// This balancer, as its containers were made, with what has been written for the running ones since; nodes that are wanted
    /// and have no container yet are in it too.
    fileprivate func asLastWritten(in wanted: Topology?) -> BalancerSpec {
        guard let wanted, let written = wanted.balancer(name) else { return self }
        var spec = self
        spec.parameters = written.parameters
        spec.settings = written.settings
        spec.sync = written.sync
        spec.whenShort = written.whenShort
        let known = Set(nodes.map(\.id))
        spec.primary = primary.asLastWritten(in: written, of: wanted)
        spec.replicas =
            replicas.map { $0.asLastWritten(in: written, of: wanted) }
            + written.nodes.filter { !known.contains($0.id) }.map(wanted.resolved)
        return spec
    }
}

extension NodeSpec {
    fileprivate func asLastWritten(in balancer: BalancerSpec, of wanted: Topology) -> NodeSpec {
        guard let written = balancer.nodes.first(where: { $0.id == id }).map(wanted.resolved) else { return self }
        var spec = self
        spec.settings = written.settings
        spec.weight = written.weight
        return spec
    }
}

extension ObservedContainer {
    init(_ summary: ContainerSummary) {
        self.init(
            id: summary.id,
            name: summary.name,
            state: State(rawValue: summary.state.rawValue) ?? .dead,
            status: summary.status,
            image: summary.askedImage,
            outdated: summary.outdated
        )
    }
}

extension ContainerSummary {
    /// The image's name as the topology has it. The engine lists the number in its place once the name means another image.
    fileprivate var askedImage: String {
        switch kind {
        case .node: labels.decoded(Label.nodeSpec, as: NodeSpec.self)?.image ?? image
        case .balancer: labels.decoded(Label.balancerSpec, as: BalancerSpec.self)?.image ?? image
        default: image
        }
    }

    /// What would be different if it were made now; `nil` for nothing.
    fileprivate var outdated: String? {
        guard kind == .node || kind == .balancer else { return nil }
        if image == imageID, askedImage != imageID { return "was made from an older \(askedImage)" }
        let isOurs =
            kind == .node
            ? labels[Label.scripts] == NodeContainer.scriptsFingerprint
            // An image of the user's own carries no such label.
            : [nil, BundledImage.balancerFingerprint].contains(labels[DockerEngineServices.fingerprintLabel])
        return isOurs ? nil : "was made by another version of pgbc"
    }
}
