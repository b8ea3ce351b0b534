extension ObservedCluster {
    /// Changes that containers with data cannot follow, one sentence each.
    public func refusals(of desired: Topology) -> [String] {
        networkRefusals(of: desired) + balancers.flatMap { nameRefusals(of: desired, in: $0) }
            + swapRefusals(of: desired)
    }

    private func networkRefusals(of desired: Topology) -> [String] {
        guard network != nil, let running = topology, running.network != desired.network else { return [] }
        return [
            "network: it is \(running.network.name) (\(running.network.subnet)) and cannot become "
                + "\(desired.network.name) (\(desired.network.subnet)) while containers are in it"
        ]
    }

    private func nameRefusals(of desired: Topology, in balancer: ObservedBalancer) -> [String] {
        let wanted = desired.balancer(balancer.spec.name)?.nodes ?? []
        return balancer.nodes.compactMap { node in
            guard let new = wanted.first(where: { $0.id == node.spec.id }),
                new.containerName != node.spec.containerName
            else { return nil }
            return
                "container_name: node \(node.spec.id) of \(balancer.spec.name) is \(node.spec.containerName), and its data "
                + "would not follow it to \(new.containerName)"
        }
    }

    /// Containers are replaced one at a time, so none can take a port or an address that another one still has.
    private func swapRefusals(of desired: Topology) -> [String] {
        let held = places
        return desired.heldPlaces.flatMap { wanted -> [String] in
            held.filter { $0.owner != wanted.owner }.flatMap { holder -> [String] in
                let ports = wanted.ports.intersection(holder.ports).sorted().map {
                    "port: \(wanted.container) cannot take \($0)"
                }
                let address =
                    wanted.address == holder.address
                    ? ["ip_address: \(wanted.container) cannot take \(wanted.address)"] : []
                return (ports + address).map {
                    "\($0) while \(holder.container) has it; give \(holder.container) another one first, and apply that"
                }
            }
        }
    }

    /// What the containers that are there occupy.
    private var places: [HeldPlace] {
        balancers.flatMap { balancer in
            (balancer.container == nil ? [] : [HeldPlace(balancer.spec)])
                + balancer.nodes.filter { $0.container != nil }.map { HeldPlace($0.spec, of: balancer.spec.name) }
        }
    }
}

extension Topology {
    fileprivate var heldPlaces: [HeldPlace] {
        balancers.flatMap { balancer in
            [HeldPlace(balancer)] + balancer.nodes.map { HeldPlace($0, of: balancer.name) }
        }
    }
}

/// What a container has of which there is one.
private struct HeldPlace {
    /// Which balancer, or which of its nodes; it stays the same when its container gets another name.
    let owner: String
    let container: String
    let ports: Set<Int>
    let address: IPv4Address

    init(_ balancer: BalancerSpec) {
        owner = balancer.name
        container = balancer.containerName
        ports = [balancer.port, balancer.pcpPort, balancer.restPort]
        address = balancer.address
    }

    init(_ node: NodeSpec, of balancer: String) {
        owner = "\(balancer):\(node.id)"
        container = node.containerName
        ports = [node.port]
        address = node.address
    }
}
