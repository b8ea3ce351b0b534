internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// What the engine's lists say of one cluster.
struct EngineSnapshot: Sendable {
    let name: String
    let containers: [ContainerSummary]
    let networks: [NetworkDetails]
    let volumes: [VolumeDetails]

    /// Every label set of the cluster: containers before volumes, newest first, because a newer one knows better.
    private var labels: [[String: String]] {
        containers.sorted { $0.created > $1.created }.map(\.labels) + networks.map(\.labels) + volumes.map(\.labels)
    }

    /// A container on which the control volume is mounted: the lock, which nothing else starts or stops; else a running one. In a
    /// container that is just being removed the volume is no longer there, and would look empty.
    var controlHolder: String? {
        let holders = containers.filter { container in
            container.state != .removing && container.mounts.contains { $0.volume == VolumeName.control(name) }
        }
        return (holders.first { $0.kind == .lock } ?? holders.first { $0.state == .running } ?? holders.first)?.id
    }

    /// Who holds the lock, in words.
    var lockedBy: String? {
        containers.first { $0.kind == .lock }.map { LockOwner(labels: $0.labels, created: $0.created).description }
    }

    /// What was asked for, put together from the labels of whatever is there.
    var topology: Topology? {
        guard let cluster = labels.lazy.compactMap({ $0.decoded(Label.clusterSpec, as: ClusterLabel.self) }).first
        else { return nil }
        return Topology(
            name: name,
            network: cluster.network,
            bindAddress: cluster.bindAddress,
            image: cluster.image,
            settings: cluster.settings,
            balancers: balancerSpecs
        )
    }

    private var balancerSpecs: [BalancerSpec] {
        var found: [String: BalancerSpec] = [:]
        // The balancer's own container is the best witness; the labels of its nodes serve when it is gone.
        for kind in [Label.Kind.balancer, .node, .data] {
            for labels in labels where labels[Label.kind] == kind.rawValue {
                guard let spec = labels.decoded(Label.balancerSpec, as: BalancerSpec.self), found[spec.name] == nil
                else { continue }
                found[spec.name] = spec
            }
        }
        return found.values.sorted { $0.address < $1.address }.map { spec in
            let nodes = nodeSpecs(of: spec.name)
            // A run that was cut may have left a balancer without any node: its label names the primary.
            let primary = nodes.first { $0.id == spec.primary.id } ?? nodes.first ?? spec.primary
            var spec = spec
            spec.primary = primary
            spec.replicas = nodes.filter { $0.id != primary.id }
            return spec
        }
    }

    private func nodeSpecs(of balancer: String) -> [NodeSpec] {
        var found: [Int: NodeSpec] = [:]
        for kind in [Label.Kind.node, .data] {
            for labels in labels where labels[Label.kind] == kind.rawValue && labels[Label.balancer] == balancer {
                guard let spec = labels.decoded(Label.nodeSpec, as: NodeSpec.self), found[spec.id] == nil else {
                    continue
                }
                found[spec.id] = spec
            }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// The observation as far as the engine and the control volume know.
    func observed(_ control: ControlVolume) -> ObservedCluster {
        let topology = topology
        return ObservedCluster(
            name: name,
            topology: topology,
            network: networks.first.map {
                ObservedNetwork(id: $0.id, name: $0.name, subnet: $0.subnets.first?.range ?? "")
            },
            volumes: Set(volumes.map(\.name)),
            strays: containers.filter { $0.kind == .seed }.map(ObservedContainer.init),
            balancers: (topology?.balancers ?? []).map { observed($0, control) },
            lockedBy: lockedBy,
            isBeingDestroyed: control.isBeingDestroyed
        )
    }

    private func observed(_ spec: BalancerSpec, _ control: ControlVolume) -> ObservedBalancer {
        ObservedBalancer(
            spec: spec,
            container: container(.balancer) { $0[Label.balancer] == spec.name },
            record: control.record(of: spec.name),
            listedNodes: control.nodeList(of: spec.name),
            nodes: spec.nodes.map { node in
                ObservedNode(
                    spec: node,
                    container: container(.node) {
                        $0[Label.balancer] == spec.name && $0.decoded(Label.nodeSpec, as: NodeSpec.self)?.id == node.id
                    },
                    hasVolume: volumes.contains { $0.name == VolumeName.data(of: node, in: name) }
                )
            }
        )
    }

    private func container(_ kind: Label.Kind, where matches: ([String: String]) -> Bool) -> ObservedContainer? {
        containers.first { $0.kind == kind && matches($0.labels) }.map(ObservedContainer.init)
    }
}

extension ContainerSummary {
    var kind: Label.Kind? { labels[Label.kind].flatMap(Label.Kind.init) }
}

extension ObservedContainer {
    init(_ summary: ContainerSummary) {
        self.init(
            id: summary.id,
            name: summary.name,
            state: State(rawValue: summary.state.rawValue) ?? .dead,
            status: summary.status,
            image: summary.image
        )
    }
}
