extension Topology {
    /// A problem for each address that is not in the subnet, or that is not for containers.
    func addressProblems() -> [Problem] {
        gatewayProblems()
            + addressClaims.all.compactMap { claim in
                refusal(of: claim.value).map {
                    Problem(
                        path: claim.path,
                        value: claim.written.excerpt,
                        reason: $0,
                        suggestion: "choose one \(range)"
                    )
                }
            }
    }

    private var range: String {
        let free = network.subnet.hostNumbers.lazy.map(network.subnet.host).filter { $0 != network.gateway }
        return "from \(free.first ?? network.gateway) to \(free.last ?? network.gateway)"
    }

    private func refusal(of address: IPv4Address) -> String? {
        let subnet = network.subnet
        if !subnet.contains(address) { return "is outside the network's subnet \(subnet)" }
        switch address {
        case network.gateway: return "is the gateway of the network"
        case subnet.base: return "is the address of the network itself"
        case subnet.broadcast: return "is the network's broadcast address"
        default: return nil
        }
    }

    private func gatewayProblems() -> [Problem] {
        let gateway = network.gateway
        let reason: String
        switch gateway {
        case _ where !network.subnet.contains(gateway): reason = "is outside the network's subnet \(network.subnet)"
        case network.subnet.base: reason = "is the address of the network itself"
        case network.subnet.broadcast: reason = "is the network's broadcast address"
        default: return []
        }
        return [Problem(path: "network.gateway", value: "\"\(gateway)\"", reason: reason, suggestion: "leave it out")]
    }
}
