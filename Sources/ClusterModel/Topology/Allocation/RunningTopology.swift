/// Places of a cluster that nothing on the engine holds yet, as those of a run that was cut or overtaken.
public struct UnheldPlaces: Sendable, Equatable {
    /// The subnet, and with it every address.
    public var network: Bool
    /// Names of balancers of which neither the balancer nor a node has ever published its ports.
    public var balancers: Set<String>

    /// Everything is held.
    public static let none = UnheldPlaces(network: false, balancers: [])

    /// Those places.
    public init(network: Bool, balancers: Set<String>) {
        self.network = network
        self.balancers = balancers
    }
}

extension TopologyDraft {
    /// Takes what the document leaves out from the cluster as it runs; but not the places that nothing holds and others have by now.
    ///
    /// Only placement is kept: names, numbers, ports and addresses. Images, weights, parameters and settings that are
    /// no longer in the document are no longer wanted.
    mutating func keep(_ running: Topology, unheld: UnheldPlaces, host: HostUse) {
        name = name ?? running.name
        networkName = networkName ?? running.network.name
        let isMoved = unheld.network && host.networks.contains { $0.subnet.overlaps(running.network.subnet) }
        if subnet == nil, !subnetIsUnknown, !isMoved { subnet = running.network.subnet }
        if subnet == running.network.subnet { gateway = gateway ?? running.network.gateway }
        for index in balancers.indices {
            guard let name = balancers[index].name, let balancer = running.balancer(name) else { continue }
            let isTaken = unheld.balancers.contains(name) && balancer.ports.contains(where: host.isTaken)
            balancers[index].keep(balancer, addresses: !isMoved, ports: !isTaken)
        }
    }
}

extension BalancerDraft {
    fileprivate mutating func keep(_ running: BalancerSpec, addresses: Bool, ports: Bool) {
        containerName = containerName ?? running.containerName
        if addresses { address = address ?? running.address }
        if ports {
            port = port ?? running.port
            pcpPort = pcpPort ?? running.pcpPort
            restPort = restPort ?? running.restPort
        }
        let first = running.nodes.first { $0.host == primary.host || $0.containerName == primary.containerName }
        primary.id = first?.id ?? (primary.isNameless ? running.primary.id : 0)
        if let same = running.nodes.first(where: { $0.id == primary.id }) {
            primary.keep(same, addresses: addresses, ports: ports)
        }
        let others = running.nodes.filter { $0.id != primary.id }
        identifyReplicas(others)
        for index in replicas.indices {
            guard let replica = others.first(where: { $0.id == replicas[index].id }) else { continue }
            replicas[index].keep(replica, addresses: addresses, ports: ports)
        }
    }

    /// Gives each replica without an id that of the running one with its host or container name; what is left over
    /// takes the ids of the running ones that nobody has claimed, the lowest first.
    private mutating func identifyReplicas(_ running: [NodeSpec]) {
        var claimed = Set(replicas.compactMap(\.id))
        for index in replicas.indices where replicas[index].id == nil {
            let match = running.first {
                $0.host == replicas[index].host || $0.containerName == replicas[index].containerName
            }
            guard let match, claimed.insert(match.id).inserted else { continue }
            replicas[index].id = match.id
        }
        var unclaimed = running.map(\.id).filter { !claimed.contains($0) }.sorted()[...]
        for index in replicas.indices where replicas[index].id == nil && replicas[index].isNameless {
            replicas[index].id = unclaimed.popFirst()
        }
    }
}

extension NodeDraft {
    fileprivate var isNameless: Bool { host == nil && containerName == nil }

    fileprivate mutating func keep(_ running: NodeSpec, addresses: Bool, ports: Bool) {
        host = host ?? running.host
        if ports { port = port ?? running.port }
        containerName = containerName ?? running.containerName
        if addresses { address = address ?? running.address }
    }
}
