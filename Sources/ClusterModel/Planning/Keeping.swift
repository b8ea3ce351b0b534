extension ObservedCluster {
    /// What is wanted, with the balancers and nodes that are there and not wanted: nothing of them is to be taken away.
    func keepingSurplus(in desired: Topology) -> Topology {
        var desired = desired
        for index in desired.balancers.indices {
            guard let seen = balancer(desired.balancers[index].name) else { continue }
            desired.balancers[index].replicas += surplus(of: seen, beside: desired.balancers[index], in: desired)
        }
        let others = balancers.filter { desired.balancer($0.spec.name) == nil }
        desired.balancers += others.map { seen in
            var spec = topology?.balancer(seen.spec.name) ?? seen.spec
            spec.address = desired.network.subnet.address(like: spec.address, of: topology?.network.subnet)
            spec.primary = kept(spec.primary, of: spec, in: desired)
            spec.replicas = spec.replicas.map { kept($0, of: spec, in: desired) }
            spec.replicas += surplus(of: seen, beside: spec, in: desired)
            return spec
        }
        return desired
    }

    /// The nodes of a balancer that are there and not wanted, as they were last asked for.
    private func surplus(of seen: ObservedBalancer, beside wanted: BalancerSpec, in desired: Topology) -> [NodeSpec] {
        let known = Set(wanted.nodes.map(\.id))
        let asked = topology?.balancer(seen.spec.name)?.nodes ?? []
        return seen.nodes.map(\.spec).filter { !known.contains($0.id) }.map { node in
            kept(asked.first { $0.id == node.id } ?? node, of: wanted, in: desired)
        }
    }

    /// With what it inherits now, and in the network as it is now.
    private func kept(_ node: NodeSpec, of balancer: BalancerSpec, in desired: Topology) -> NodeSpec {
        var kept = node
        kept.settings = desired.settings.merging(balancer.settings) { $1 }.merging(node.settings) { $1 }
        kept.address = desired.network.subnet.address(like: node.address, of: topology?.network.subnet)
        return kept
    }

    /// What is wanted, with as many connections per node as the nodes accept now, where a smaller pool would do with fewer.
    ///
    /// A replica that accepts fewer than its primary does not start, so this number never goes down by itself.
    func keepingConnections(in desired: Topology) -> Topology {
        var desired = desired
        for index in desired.balancers.indices {
            let balancer = desired.balancers[index]
            guard balancer.nodes.allSatisfy({ $0.settings["max_connections"] == nil }),
                let seen = self.balancer(balancer.name)
            else { continue }
            let accepted = seen.nodes.compactMap { $0.spec.settings["max_connections"].flatMap { Int($0) } }.max()
            let derived = desired.resolved(balancer.primary).settings["max_connections"].flatMap { Int($0) }
            guard let accepted, let derived, accepted > derived else { continue }
            desired.balancers[index].setOnAllNodes("max_connections", String(accepted))
        }
        return desired
    }
}

extension Subnet {
    /// The address itself where it is in this network; else the one that is here where it was in the other.
    fileprivate func address(like address: IPv4Address, of other: Subnet?) -> IPv4Address {
        guard !contains(address), let other, other.contains(address) else { return address }
        return IPv4Address(bits: base.bits | (address.bits - other.base.bits))
    }
}

extension BalancerSpec {
    fileprivate mutating func setOnAllNodes(_ name: String, _ value: String) {
        settings[name] = value
        primary.settings[name] = value
        for index in replicas.indices { replicas[index].settings[name] = value }
    }
}
