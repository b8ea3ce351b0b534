/// What can no longer be given to anybody: what the cluster's own document names, and what others on the host use.
struct Taken {
    var ports: Set<Int>
    var addresses: Set<IPv4Address> = []
    /// In lower case, because host names have no case.
    var hosts: Set<String> = []
    var containerNames: Set<String>

    init(host: HostUse) {
        ports = Set(host.ports.keys).union(host.claimedPorts)
        containerNames = Set(host.containerNames.keys)
    }

    init(_ topology: Topology, host: HostUse) {
        self.init(host: host)
        addresses.insert(topology.network.gateway)
        for balancer in topology.balancers {
            ports.formUnion([balancer.port, balancer.pcpPort, balancer.restPort])
            addresses.insert(balancer.address)
            containerNames.insert(balancer.containerName)
            for node in balancer.nodes {
                ports.insert(node.port)
                addresses.insert(node.address)
                hosts.insert(node.host.lowercased())
                containerNames.insert(node.containerName)
            }
        }
    }

    init(_ draft: TopologyDraft, host: HostUse) {
        self.init(host: host)
        for balancer in draft.balancers {
            let nodes = [balancer.primary] + balancer.replicas
            ports.formUnion(
                ([balancer.port, balancer.pcpPort, balancer.restPort] + nodes.map(\.port)).compactMap(\.self)
            )
            addresses.formUnion(([balancer.address] + nodes.map(\.address)).compactMap(\.self))
            hosts.formUnion(nodes.compactMap { $0.host?.lowercased() })
            containerNames.formUnion(([balancer.containerName] + nodes.map(\.containerName)).compactMap(\.self))
        }
    }

    /// The preferred port, or else the next free one above it, or else any; nil if all are taken.
    mutating func port(_ preferred: Int) -> Int? {
        let start = max(1024, min(preferred, 65535))
        guard let port = (start...65535).first(where: isFree) ?? (1024...start).first(where: isFree) else { return nil }
        ports.insert(port)
        return port
    }

    private func isFree(_ port: Int) -> Bool { !ports.contains(port) }

    /// The preferred address, or else the next free one above it, or else any of the subnet; nil if all are taken.
    mutating func address(_ preferred: IPv4Address, in subnet: Subnet) -> IPv4Address? {
        let numbers = subnet.hostNumbers
        let distance = subnet.contains(preferred) ? Int(preferred.bits - subnet.base.bits) : numbers.lowerBound
        let start = min(max(distance, numbers.lowerBound), numbers.upperBound)
        let candidates = [start..<numbers.upperBound, numbers.lowerBound..<start].lazy.joined()
        guard let number = candidates.first(where: { !addresses.contains(subnet.host($0)) }) else { return nil }
        addresses.insert(subnet.host(number))
        return subnet.host(number)
    }

    /// The name, or else the name with the lowest free number behind it.
    mutating func containerName(_ preferred: String) -> String {
        let name = numbered(preferred, separator: "_") { !containerNames.contains($0) }
        containerNames.insert(name)
        return name
    }

    mutating func host(_ preferred: String) -> String {
        let name = numbered(preferred, separator: "-") { !hosts.contains($0.lowercased()) }
        hosts.insert(name.lowercased())
        return name
    }

    private func numbered(_ name: String, separator: String, isFree: (String) -> Bool) -> String {
        if isFree(name) { return name }
        var number = 2
        while !isFree("\(name)\(separator)\(number)") { number += 1 }
        return "\(name)\(separator)\(number)"
    }
}
