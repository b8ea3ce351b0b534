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

    /// The name of a container on which the control volume is mounted: a running balancer or node, which lives longer than any
    /// operation; else the lock. In a container that is just being removed the volume is no longer there, and would look empty.
    var controlHolder: String? {
        let holders = containers.filter { container in
            container.state != .removing && !container.isGoing
                && container.mounts.contains { $0.volume == VolumeName.control(name) }
        }
        return
            (holders.first { $0.state == .running && $0.kind != .seed } ?? holders.first { $0.kind == .lock }
            ?? holders.first)?.name
    }

    /// Who holds the lock, in words. A lock whose owner is gone holds nobody up.
    var lockedBy: String? {
        let owner = containers.first { $0.kind == .lock }.map { LockOwner(labels: $0.labels, created: $0.created) }
        return owner.flatMap { $0.isGone ? nil : $0.description }
    }

    /// What the containers and volumes were made for, put together from the labels of whatever is there.
    var topology: Topology? {
        labels.lazy.compactMap { $0.decoded(Label.clusterSpec, as: ClusterLabel.self) }.first?.topology(balancerSpecs)
    }

    private var balancerSpecs: [BalancerSpec] {
        var found: [String: BalancerSpec] = [:]
        // The balancer's own container is the best witness; the labels of its nodes serve when it is gone.
        for kind in [Label.Kind.balancer, .node, .data] {
            for labels in labels where labels[Label.kind] == kind.rawValue {
                guard let name = labels[Label.balancer], found[name] == nil else { continue }
                found[name] = labels.decoded(Label.balancerSpec, as: BalancerSpec.self)
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
        // By their numbers: the labels of a node's volume keep the name that it had when the volume was made.
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
}

extension ContainerSummary {
    /// What the container is for; nothing any more while it is being removed.
    var kind: Label.Kind? { isGoing ? nil : labels[Label.kind].flatMap(Label.Kind.init) }

    /// True while it is being removed, and after that was cut.
    var isGoing: Bool { name.hasPrefix(ContainerName.goingPrefix) }
}
