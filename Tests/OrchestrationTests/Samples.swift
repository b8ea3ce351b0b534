import ClusterModel

extension Topology {
    /// One balancer, a primary and as many replicas as asked for.
    static func sample(replicas: Int = 1) -> Topology {
        Topology(
            name: "shop",
            network: NetworkSpec(name: "shop_net", subnet: .sample),
            balancers: [
                BalancerSpec(
                    name: "lb1",
                    containerName: "shop_lb1",
                    address: IPv4Address(bits: 0xAC1F_010A),
                    port: 19999,
                    pcpPort: 19898,
                    restPort: 18080,
                    primary: .sample(0),
                    replicas: (0..<replicas).map { .sample($0 + 1) }
                )
            ]
        )
    }
}

extension Subnet {
    /// 172.31.0.0/16.
    static var sample: Subnet {
        guard let subnet = Subnet("172.31.0.0/16") else { preconditionFailure("the sample's subnet is not one") }
        return subnet
    }
}

extension NodeSpec {
    static func sample(_ id: Int) -> NodeSpec {
        NodeSpec(
            id: id,
            host: id == 0 ? "primary" : "replica\(id)",
            port: 15432 + id,
            containerName: id == 0 ? "shop_primary" : "shop_replica\(id)",
            address: IPv4Address(bits: 0xAC1F_0114 + UInt32(id))
        )
    }
}

extension ObservedCluster {
    /// A cluster that is just what the topology asks for, all healthy.
    static func healthy(_ topology: Topology) -> ObservedCluster {
        ObservedCluster(
            name: topology.name,
            topology: topology,
            network: ObservedNetwork(id: "n1", name: topology.network.name, subnet: "\(topology.network.subnet)"),
            volumes: Set(
                [VolumeName.control(topology.name)]
                    + topology.balancers.flatMap(\.nodes).map { VolumeName.data(of: $0, in: topology.name) }
            ),
            balancers: topology.balancers.map { balancer in
                ObservedBalancer(
                    spec: topology.resolved(balancer),
                    container: .running(balancer.containerName),
                    record: PrimaryRecord(term: 1, node: balancer.primary.id),
                    listedNodes: balancer.nodes.map(\.id),
                    pool: PoolView(nodes: balancer.nodes.map { .serving($0.id) }),
                    nodes: balancer.nodes.map { node in
                        ObservedNode(
                            spec: topology.resolved(node),
                            container: .running(node.containerName),
                            hasVolume: true,
                            postgres: .healthy(primary: node.id == balancer.primary.id)
                        )
                    }
                )
            }
        )
    }
}

extension PoolView.Node {
    static func serving(_ id: Int) -> PoolView.Node {
        PoolView.Node(id: id, status: "up", role: id == 0 ? "primary" : "standby", weight: 1, selects: 0)
    }
}

extension ObservedContainer {
    static func running(_ name: String) -> ObservedContainer {
        ObservedContainer(id: "id-\(name)", name: name, state: .running)
    }
}

extension PostgresView {
    static func healthy(primary: Bool) -> PostgresView {
        PostgresView(
            role: primary ? .primary : .replica,
            version: "15.18",
            timeline: 1,
            lsn: "0/3000148",
            position: 0x300_0148,
            systemIdentifier: "7",
            isStreaming: !primary
        )
    }
}
