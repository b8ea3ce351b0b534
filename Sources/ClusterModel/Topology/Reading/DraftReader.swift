/// Reads a document into a draft, noting everything that is wrong with single values.
struct DraftReader {
    var drivers: BalancerDrivers = .own
    var problems: [Problem] = []

    static let clusterKeys = [
        "cluster_name", "network", "bind_address", "image", "settings", "balancers", "hold", "sync", "when_short",
    ]
    static let networkKeys = ["name", "subnet", "gateway"]

    mutating func topology(_ document: Document) -> TopologyDraft {
        var draft = TopologyDraft()
        guard let section = Section(document, path: "", problems: &problems) else { return draft }
        section.expect(Self.clusterKeys, problems: &problems)
        draft.promise = promise(in: section)
        draft.name = name("cluster_name", in: section)
        draft.image = image(in: section)
        draft.settings = settings(in: section)
        draft.bindAddress = section.text(
            "bind_address",
            problems: &problems,
            must: "must be an IPv4 address of this host",
            "use 127.0.0.1 for this host only, 0.0.0.0 for all its addresses"
        ) { IPv4Address($0)?.description }
        if let value = section["network"] { network(value, path: section.path("network"), into: &draft) }
        draft.balancers = balancers(in: section)
        for index in draft.balancers.indices {
            draft.balancers[index].promise = draft.balancers[index].promise.over(draft.promise)
        }
        return draft
    }

    private mutating func network(_ value: Document, path: String, into draft: inout TopologyDraft) {
        guard let section = Section(value, path: path, problems: &problems) else { return }
        section.expect(Self.networkKeys, problems: &problems)
        draft.networkName = name("name", in: section)
        if let name = draft.networkName, Names.engineNetworks.contains(name) {
            problems.note(
                section.path("name"),
                .string(name),
                "every engine has a network of this name itself",
                "choose another one"
            )
        }
        draft.gateway = address("gateway", in: section)
        if let value = section["subnet"] {
            draft.subnet = subnet(value, path: section.path("subnet"))
            draft.subnetIsUnknown = draft.subnet == nil
        }
    }

    private mutating func subnet(_ value: Document, path: String) -> Subnet? {
        guard let text = value.text, let (address, prefix) = Subnet.parts(text),
            let subnet = Subnet(containing: address, prefix: prefix)
        else {
            problems.note(path, value, "must be an IPv4 network in CIDR notation", "for example \"172.30.0.0/16\"")
            return nil
        }
        if subnet.base != address {
            problems.note(path, value, "is an address inside a network and not the network", "write \"\(subnet)\"")
            return nil
        }
        guard Subnet.usablePrefixes.contains(prefix) else {
            problems.note(path, value, "the prefix length must be from 8 to 29", "for example \"\(address)/24\"")
            return nil
        }
        guard !Subnet.reserved.contains(where: subnet.overlaps) else {
            problems.note(path, value, "is reserved and cannot be a Docker network", "for example \"172.30.0.0/16\"")
            return nil
        }
        return subnet
    }

    private mutating func balancers(in section: Section) -> [BalancerDraft] {
        let path = section.path("balancers")
        guard let value = section["balancers"], value != .object([]) else {
            problems.note(
                path,
                section["balancers"],
                "a cluster needs at least one balancer",
                "add one with a \"name\""
            )
            return []
        }
        guard case .array(let elements) = value else {
            problems.note(path, value, "must be a list of balancers, not \(value.kind)")
            return []
        }
        guard (1...BlockPorts.blocks).contains(elements.count) else {
            let reason =
                elements.isEmpty
                ? "a cluster needs at least one balancer" : "at most \(BlockPorts.blocks) balancers fit a cluster"
            problems.note(
                path,
                elements.isEmpty ? value : nil,
                reason,
                elements.isEmpty ? "add one with a \"name\"" : nil
            )
            return []
        }
        return elements.enumerated().map { balancer($1, path: "\(path)[\($0)]") }
    }
}

extension Subnet {
    /// Large enough for a gateway, a balancer and some nodes.
    static let usablePrefixes = 8...29

    /// "This network", loopback, link-local, multicast and above.
    static let reserved = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].compactMap { Subnet($0) }
}
