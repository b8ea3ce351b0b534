extension ObservedCluster {
    /// Changes that containers with data cannot follow, one sentence each.
    public func refusals(of desired: Topology) -> [String] {
        var found: [String] = []
        if network != nil, let running = topology, running.network != desired.network {
            found.append(
                "network: it is \(running.network.name) (\(running.network.subnet)) and cannot become "
                    + "\(desired.network.name) (\(desired.network.subnet)) while containers are in it"
            )
        }
        for balancer in balancers {
            let wanted = desired.balancer(balancer.spec.name)?.nodes ?? []
            for node in balancer.nodes {
                guard let new = wanted.first(where: { $0.id == node.spec.id }),
                    new.containerName != node.spec.containerName
                else { continue }
                found.append(
                    "container_name: node \(node.spec.id) of \(balancer.spec.name) is \(node.spec.containerName), and its data "
                        + "would not follow it to \(new.containerName)"
                )
            }
        }
        return found
    }

    /// What is wanted, with the nodes that are there and not wanted: nothing of them is to be taken away.
    func keepingSurplus(in desired: Topology) -> Topology {
        var desired = desired
        for index in desired.balancers.indices {
            guard let seen = balancer(desired.balancers[index].name) else { continue }
            let known = Set(desired.balancers[index].nodes.map(\.id))
            desired.balancers[index].replicas += seen.nodes.map(\.spec).filter { !known.contains($0.id) }
        }
        return desired
    }
}
