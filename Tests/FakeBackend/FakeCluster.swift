package import ClusterModel
import Orchestration

/// What a ``FakeBackend`` holds of one cluster.
package struct FakeCluster: Sendable {
    /// Its name.
    package var name: String
    /// What was asked for last.
    package var topology: Topology?
    /// Whether its network exists.
    package var hasNetwork = false
    /// States of its containers by name.
    package var containers: [String: ObservedContainer.State] = [:]
    /// Names of its volumes.
    package var volumes: Set<String> = []
    /// Numbers of the nodes that each balancer was told of.
    package var lists: [String: [Int]] = [:]
    /// Balancers whose data was initialised.
    package var seeded: Set<String> = []
    /// Who holds the lock.
    package var lockedBy: String?
    /// Whether a destroy was begun.
    package var isBeingDestroyed = false
    /// Nodes that do not stream.
    package var broken: Set<String> = []

    init(name: String) { self.name = name }

    var isEmpty: Bool { !hasNetwork && containers.isEmpty && volumes.isEmpty }

    mutating func perform(_ action: Step.Action, _ progress: ProgressHandler) -> String? {
        switch action {
        case .createNetwork: hasNetwork = true
        case .writeControl:
            volumes.insert(VolumeName.control(name))
            for balancer in topology?.balancers ?? [] { lists[balancer.name] = balancer.nodes.map(\.id) }
        case .writeNodeList(let balancer, let nodes): lists[balancer] = nodes
        case .seed(let balancer): seeded.insert(balancer)
        case .createNode(let balancer, let id):
            guard let node = topology?.balancer(balancer)?.nodes.first(where: { $0.id == id }) else { break }
            containers[node.containerName] = .created
            volumes.insert(VolumeName.data(of: node, in: name))
        case .createBalancer(let balancer):
            if let spec = topology?.balancer(balancer) { containers[spec.containerName] = .created }
        case .start(let container): containers[container] = .running
        case .awaitStreaming:
            progress("clone 12.0 of 40.1 MB")
            return "40.1 MB copied"
        case .markDestroying: isBeingDestroyed = true
        case .removeContainer(let container, _): containers[container] = nil
        case .removeVolume(let volume): volumes.remove(volume)
        case .removeNetwork: hasNetwork = false
        default: break
        }
        return nil
    }

    func observed(_ depth: ObservationDepth) -> ObservedCluster {
        ObservedCluster(
            name: name,
            topology: topology,
            network: topology.flatMap { topology in
                hasNetwork
                    ? ObservedNetwork(id: "n1", name: topology.network.name, subnet: "\(topology.network.subnet)") : nil
            },
            volumes: volumes,
            balancers: (topology?.balancers ?? []).map { observed($0, depth) },
            lockedBy: lockedBy,
            isBeingDestroyed: isBeingDestroyed
        )
    }

    private func container(_ name: String) -> ObservedContainer? {
        containers[name].map { ObservedContainer(id: name, name: name, state: $0, image: "pgbc/test") }
    }

    private func observed(_ spec: BalancerSpec, _ depth: ObservationDepth) -> ObservedBalancer {
        let nodes = spec.nodes.map { observed($0, depth) }
        let isUp = containers[spec.containerName] == .running && [.full, .glance].contains(depth)
        return ObservedBalancer(
            spec: topology?.resolved(spec) ?? spec,
            container: container(spec.containerName),
            record: seeded.contains(spec.name) ? PrimaryRecord(term: 1, node: 0) : nil,
            listedNodes: lists[spec.name],
            pool: isUp ? pool(of: nodes) : nil,
            nodes: nodes
        )
    }

    private func pool(of nodes: [ObservedNode]) -> PoolView {
        let share = 1.0 / Double(max(1, nodes.count))
        return PoolView(
            nodes: nodes.map { node in
                PoolView.Node(
                    id: node.spec.id,
                    status: node.container?.state == .running ? "up" : "down",
                    role: node.spec.id == 0 ? "primary" : "standby",
                    weight: share,
                    selects: 10 * node.spec.id
                )
            },
            sessions: 1,
            capacity: 16
        )
    }

    private func observed(_ spec: NodeSpec, _ depth: ObservationDepth) -> ObservedNode {
        let isUp = containers[spec.containerName] == .running && [.full, .glance].contains(depth)
        return ObservedNode(
            spec: topology?.resolved(spec) ?? spec,
            container: container(spec.containerName),
            hasVolume: volumes.contains(VolumeName.data(of: spec, in: name)),
            postgres: isUp
                ? PostgresView(
                    role: spec.id == 0 ? .primary : .replica,
                    version: "15.18",
                    timeline: 1,
                    lsn: "0/3000148",
                    position: 50_331_976,
                    systemIdentifier: "7",
                    isStreaming: spec.id != 0 && !broken.contains(spec.host),
                    lagSeconds: spec.id == 0 ? nil : 0,
                    connections: 3,
                    maxConnections: 100
                ) : nil
        )
    }
}
