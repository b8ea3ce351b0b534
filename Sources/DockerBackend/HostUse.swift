public import ClusterModel
internal import DockerEngine

extension DockerClusterBackend {
    /// Ports, networks and container names in use by anything but the given cluster.
    public func hostUse(except cluster: String?) async throws -> HostUse {
        try await onEngine { try await use(except: cluster, sparing: true) }
    }

    /// With `sparing`, ports that a stopped or only just starting container of the cluster will publish count as its own; without,
    /// whoever listens there now is named.
    func use(except cluster: String?, sparing: Bool) async throws -> HostUse {
        async let listed = client.listContainers()
        async let networks = client.listNetworks()
        let containers = try await listed
        let isOurs = { (labels: [String: String]) in cluster != nil && labels[Label.cluster] == cluster }
        var use = HostUse()
        let ours = Set(
            containers.filter { isOurs($0.labels) }.flatMap {
                $0.ports.compactMap(\.hostPort) + (sparing ? $0.wantedPorts : [])
            }
        )
        if client.address.remoteHost == nil {
            for (port, holder) in LocalSockets.listening where !ours.contains(port) { use.ports[port] = holder }
        }
        for container in containers where !isOurs(container.labels) {
            let owner = container.labels[Label.cluster].map { "cluster \($0)" } ?? "not made by pgbc"
            use.containerNames[container.name] = owner
            let ports = container.ports.compactMap(\.hostPort) + container.wantedPorts
            for port in ports { use.ports[port] = "container \(container.name) (\(owner))" }
        }
        let others = try await networks.filter { !isOurs($0.labels) }
        use.claimedPorts = Set(others.flatMap { $0.labels.decoded(Label.ports, as: [Int].self) ?? [] })
        use.networks = others.flatMap { network in
            network.subnets.compactMap { Subnet($0.range) }.map { HostUse.Network(name: network.name, subnet: $0) }
        }
        return use
    }
}

extension ContainerSummary {
    /// The ports that a container of some cluster publishes while it runs, also when it is stopped.
    fileprivate var wantedPorts: [Int] {
        if let node = labels.decoded(Label.nodeSpec, as: NodeSpec.self) { return [node.port] }
        guard kind == .balancer, let spec = labels.decoded(Label.balancerSpec, as: BalancerSpec.self) else { return [] }
        return [spec.port, spec.pcpPort, spec.restPort]
    }
}
