/// Fills in what a draft leaves out.
///
/// What the document gives is never moved: it is registered as taken first, so that nothing chosen here can collide
/// with it.
struct Allocator {
    private(set) var taken: Taken
    private(set) var problems: [Problem] = []
    /// The addresses that could not be found; those in the outcome are wrong.
    private(set) var unplaced: Set<String> = []
    private let cluster: String
    private let subnet: Subnet
    private let settings: [String: String]

    init(_ draft: TopologyDraft, cluster: String, network: NetworkSpec, host: HostUse) {
        self.init(cluster: cluster, network: network, settings: draft.settings, taken: Taken(draft, host: host))
    }

    init(_ topology: Topology, host: HostUse) {
        let taken = Taken(topology, host: host)
        self.init(cluster: topology.name, network: topology.network, settings: topology.settings, taken: taken)
    }

    private init(cluster: String, network: NetworkSpec, settings: [String: String], taken: Taken) {
        self.cluster = cluster
        self.subnet = network.subnet
        self.settings = settings
        self.taken = taken
        self.taken.addresses.insert(network.gateway)
    }

    mutating func balancers(_ drafts: [BalancerDraft]) -> [BalancerSpec] {
        let blocks = blocks(for: drafts)
        return zip(drafts, blocks).enumerated().map { index, pair in
            balancer(pair.0, ports: pair.1, path: "balancers[\(index)]", place: index + 1)
        }
    }

    /// A block for each balancer: the one its given ports come from, or the first whose needed ports are all free.
    private func blocks(for drafts: [BalancerDraft]) -> [BlockPorts] {
        let guesses = drafts.map(BlockPorts.init(guessedFrom:))
        var used = Set(guesses.compactMap { $0?.block })
        return zip(drafts, guesses).map { draft, guess in
            if let guess { return guess }
            let free = (1...BlockPorts.blocks).first { block in
                !used.contains(block) && taken.ports.isDisjoint(with: BlockPorts(block: block).needed(by: draft))
            }
            let block = free ?? BlockPorts.blocks
            used.insert(block)
            return BlockPorts(block: block)
        }
    }

    private mutating func balancer(_ draft: BalancerDraft, ports: BlockPorts, path: String, place: Int) -> BalancerSpec
    {
        let name = draft.name ?? "lb\(place)"
        let near = neighbourhood(of: draft, block: ports.block)
        let address = draft.address ?? address(IPv4Address(bits: near.bits + 10), path: "\(path).ip_address")
        let port = draft.port ?? port(ports.sql, path: "\(path).port")
        let pcpPort = draft.pcpPort ?? self.port(ports.pcp, path: "\(path).pcp_port")
        let restPort = draft.restPort ?? self.port(ports.rest, path: "\(path).rest_api_port")
        let container = draft.containerName ?? taken.containerName("\(cluster)_\(name)")
        let merged = settings.merging(draft.settings) { $1 }
        let primary = primary(
            draft.primary,
            of: name,
            address: IPv4Address(bits: near.bits + 20),
            port: ports.node(0),
            inherited: merged,
            path: "\(path).primary"
        )
        let replicas = replicas(draft, of: name, primary: primary, inherited: merged, path: path)
        return BalancerSpec(
            name: name,
            containerName: container,
            address: address,
            port: port,
            pcpPort: pcpPort,
            restPort: restPort,
            image: draft.image,
            driver: draft.driver,
            parameters: draft.parameters,
            settings: draft.settings,
            hold: draft.promise.hold ?? false,
            sync: draft.promise.sync ?? 0,
            whenShort: draft.promise.whenShort ?? .wait,
            primary: primary,
            replicas: replicas
        )
    }

    /// The start of the /24 for a balancer and its nodes: where those are that have an address, or the block's own.
    private func neighbourhood(of draft: BalancerDraft, block: Int) -> IPv4Address {
        let given = [draft.address, draft.primary.address] + draft.replicas.map(\.address)
        if let neighbour = given.lazy.compactMap(\.self).first { return IPv4Address(bits: neighbour.bits & ~255) }
        let own = subnet.host(block << 8)
        return subnet.prefix <= 24 && subnet.contains(own) ? own : subnet.base
    }

    private mutating func primary(
        _ draft: NodeDraft,
        of balancer: String,
        address: IPv4Address,
        port: Int,
        inherited: [String: String],
        path: String
    ) -> NodeSpec {
        NodeSpec(
            // Another than 0 once the node that the cluster began with was removed.
            id: draft.id ?? 0,
            host: draft.host ?? taken.host("\(balancer)-primary"),
            port: draft.port ?? self.port(port, path: "\(path).port"),
            containerName: draft.containerName ?? taken.containerName("\(cluster)_\(balancer)_primary"),
            address: draft.address ?? self.address(address, path: "\(path).ip_address"),
            image: draft.image,
            weight: draft.weight ?? 1,
            settings: inherited.merging(draft.settings) { $1 }
        )
    }

    private mutating func replicas(
        _ draft: BalancerDraft,
        of balancer: String,
        primary: NodeSpec,
        inherited: [String: String],
        path: String
    ) -> [NodeSpec] {
        let names = ReplicaNames(cluster: cluster, balancer: balancer, primary: draft.primary, replicas: draft.replicas)
        let used = draft.replicas.compactMap(\.id) + [primary.id]
        var free = Array(Set(NodeSpec.ids.dropFirst()).subtracting(used)).sorted()[...]
        return draft.replicas.enumerated().map { index, replica in
            var replica = replica
            // At most 31 replicas are read, so an id is always left.
            replica.id = replica.id ?? free.popFirst()
            return self.replica(
                replica,
                names: names,
                primary: primary,
                inherited: inherited,
                path: "\(path).replicas[\(index)]"
            )
        }
    }

    /// A replica whose host port and address lie its id above the primary's, unless somebody is there already.
    mutating func replica(
        _ draft: NodeDraft,
        names: ReplicaNames,
        primary: NodeSpec,
        inherited: [String: String],
        path: String
    ) -> NodeSpec {
        let id = draft.id ?? NodeSpec.ids.upperBound
        let (host, container) = names.complete(draft, id: id, taken: taken)
        taken.hosts.insert(host.lowercased())
        taken.containerNames.insert(container)
        return NodeSpec(
            id: id,
            host: host,
            port: draft.port ?? port(primary.port + id, path: "\(path).port"),
            containerName: container,
            address: draft.address
                ?? address(IPv4Address(bits: primary.address.bits &+ UInt32(id)), path: "\(path).ip_address"),
            image: draft.image,
            weight: draft.weight ?? 1,
            settings: inherited.merging(draft.settings) { $1 }
        )
    }

    private mutating func port(_ preferred: Int, path: String) -> Int {
        if let port = taken.port(preferred) { return port }
        problems.note(path, nil, "no port is free on this host")
        return preferred
    }

    private mutating func address(_ preferred: IPv4Address, path: String) -> IPv4Address {
        if let address = taken.address(preferred, in: subnet) { return address }
        let problem = Problem(
            path: "network.subnet",
            value: "\"\(subnet)\"",
            reason: "has too few addresses for this cluster",
            suggestion: "choose a larger network, for example a /24"
        )
        if unplaced.isEmpty { problems.append(problem) }
        unplaced.insert(path)
        return preferred
    }
}
