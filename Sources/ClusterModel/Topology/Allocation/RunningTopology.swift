/// Places of a cluster that nothing on the engine holds yet, as those of a run that was cut or overtaken.
public struct UnheldPlaces: Sendable, Equatable {
    /// The subnet, and with it every address.
    public var network: Bool
    /// Names of containers that have never published their ports.
    public var containers: Set<String>

    /// Everything is held.
    public static let none = UnheldPlaces(network: false, containers: [])

    /// Those places.
    public init(network: Bool, containers: Set<String>) {
        self.network = network
        self.containers = containers
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
            let given = balancer.portsGivenUp(unheld, host)
            balancers[index].keep(balancer, addresses: !isMoved) { !given.contains($0) }
        }
    }
}

extension BalancerDraft {
    /// `ports` tells whose are kept, by the name of the container.
    fileprivate mutating func keep(_ running: BalancerSpec, addresses: Bool, ports: (String) -> Bool) {
        containerName = containerName ?? running.containerName
        if addresses { address = address ?? running.address }
        if ports(running.containerName) {
            port = port ?? running.port
            pcpPort = pcpPort ?? running.pcpPort
            restPort = restPort ?? running.restPort
        }
        let first = running.nodes.first { $0.host == primary.host || $0.containerName == primary.containerName }
        primary.id = first?.id ?? primary.id ?? (primary.isNameless ? running.primary.id : 0)
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

    fileprivate mutating func keep(_ running: NodeSpec, addresses: Bool, ports: (String) -> Bool) {
        host = host ?? running.host
        if ports(running.containerName) { port = port ?? running.port }
        containerName = containerName ?? running.containerName
        if addresses { address = address ?? running.address }
    }
}

extension BalancerSpec {
    /// The containers whose ports are chosen anew: those that hold none and of whose ports others have one. Where nothing of the balancer
    /// holds any, all of them, so that its ports keep their pattern.
    fileprivate func portsGivenUp(_ unheld: UnheldPlaces, _ host: HostUse) -> Set<String> {
        let ports = [containerName: [port, pcpPort, restPort]].merging(nodes.map { ($0.containerName, [$0.port]) }) {
            $1
        }
        let lost = ports.filter { unheld.containers.contains($0.key) && $0.value.contains(where: host.isTaken) }.keys
        let isIdle = unheld.containers.isSuperset(of: ports.keys)
        return Set(isIdle && !lost.isEmpty ? ports.keys : lost)
    }
}
