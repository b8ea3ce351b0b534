extension TopologyDraft {
    /// The network, with its name, subnet and gateway chosen where the document leaves them out.
    ///
    /// - Returns: nil, with a problem noted, if no subnet is free.
    func network(cluster: String, host: HostUse, problems: inout [Problem]) -> NetworkSpec? {
        guard let subnet = subnet ?? Self.freeSubnet(around: firstAddress, host: host) else {
            problems.note(
                "network.subnet",
                nil,
                "no private network is free on this host",
                "name one, as in \"10.9.0.0/24\""
            )
            return nil
        }
        return NetworkSpec(
            name: networkName ?? freeName(cluster: cluster, host: host),
            subnet: subnet,
            gateway: gateway
        )
    }

    private var firstAddress: IPv4Address? {
        balancers.lazy.flatMap { [$0.address, $0.primary.address] + $0.replicas.map(\.address) }.compactMap(\.self)
            .first
    }

    private func freeName(cluster: String, host: HostUse) -> String {
        let taken = Set(host.networks.map(\.name))
        var name = "\(cluster)_net"
        var number = 2
        while taken.contains(name) {
            name = "\(cluster)_net\(number)"
            number += 1
        }
        return name
    }

    /// The /16 around the first address that the document gives; without one the first of 172.28.0.0/16 to
    /// 172.31.0.0/16, 10.100.0.0/16 to 10.255.0.0/16 and 10.0.0.0/16 to 10.99.0.0/16 that nobody uses.
    private static func freeSubnet(around address: IPv4Address?, host: HostUse) -> Subnet? {
        if let address { return Subnet(containing: address, prefix: 16) }
        let bases = (28...31).map { (172, $0) } + (100...255).map { (10, $0) } + (0...99).map { (10, $0) }
        return bases.lazy
            .compactMap { first, second in
                Subnet(containing: IPv4Address(bits: UInt32(first) << 24 | UInt32(second) << 16), prefix: 16)
            }
            .first { candidate in !host.networks.contains { $0.subnet.overlaps(candidate) } }
    }
}
