internal import ClusterModel

extension ObservedCluster {
    /// A cluster that runs just as its topology says.
    static func running(_ topology: Topology) -> ObservedCluster {
        let nodes = topology.balancers.flatMap(\.nodes)
        return ObservedCluster(
            name: topology.name,
            topology: topology,
            network: ObservedNetwork(
                id: "simulated",
                name: topology.network.name,
                subnet: "\(topology.network.subnet)"
            ),
            volumes: Set(
                [VolumeName.control(topology.name)] + nodes.map { VolumeName.data(of: $0, in: topology.name) }
            ),
            balancers: topology.balancers.map { .running($0, topology) }
        )
    }
}

extension ObservedBalancer {
    fileprivate static func running(_ balancer: BalancerSpec, _ topology: Topology) -> ObservedBalancer {
        ObservedBalancer(
            spec: topology.resolved(balancer),
            container: .running(balancer.containerName, topology.resolved(balancer).image),
            record: PrimaryRecord(term: 1, node: balancer.primary.id),
            listedNodes: balancer.nodes.map(\.id),
            pool: PoolView(nodes: balancer.nodes.map { .serving($0, isPrimary: $0.id == balancer.primary.id) }),
            nodes: balancer.nodes.map { .running($0, isPrimary: $0.id == balancer.primary.id, topology) }
        )
    }
}

extension ObservedNode {
    fileprivate static func running(_ node: NodeSpec, isPrimary: Bool, _ topology: Topology) -> ObservedNode {
        var view = PostgresView.simulatedModel
        view.role = isPrimary ? .primary : .replica
        view.isStreaming = !isPrimary
        let spec = topology.resolved(node)
        return ObservedNode(
            spec: spec,
            container: .running(node.containerName, spec.image),
            hasVolume: true,
            postgres: view
        )
    }
}

extension ObservedContainer {
    fileprivate static func running(_ name: String, _ image: String?) -> ObservedContainer {
        ObservedContainer(id: name, name: name, state: .running, status: "Up", image: image ?? "")
    }
}

extension PoolView.Node {
    fileprivate static func serving(_ node: NodeSpec, isPrimary: Bool) -> PoolView.Node {
        PoolView.Node(
            id: node.id,
            status: "up",
            role: isPrimary ? "primary" : "standby",
            weight: node.weight,
            selects: 0
        )
    }
}
