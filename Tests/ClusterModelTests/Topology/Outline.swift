import ClusterModel

extension Topology {
    /// Where everything is, one line per balancer and node, for comparing whole topologies as texts.
    var outline: String {
        let gateway = network.gateway == network.subnet.defaultGateway ? "" : " gateway \(network.gateway)"
        let lines = balancers.flatMap { balancer in
            let front =
                "\(balancer.name) \(balancer.containerName) \(balancer.address) \(balancer.port) \(balancer.pcpPort)"
            return ["\(front) \(balancer.restPort)"] + balancer.nodes.map { "  \($0.outline)" }
        }
        return (["\(name) \(network.name) \(network.subnet)\(gateway)"] + lines).joined(separator: "\n")
    }
}

extension NodeSpec {
    var outline: String { "\(id) \(host) \(containerName) \(address) \(port)" }
}

/// A document with one balancer that has these members, written in JSON, beside its name.
func balancer(_ members: String) throws -> Document {
    try Document(json: #"{"balancers": [{"name": "lb1", \#(members)}]}"#, source: "x")
}

/// The lines of the refusal; empty if the topology is accepted.
func problems(_ document: Document, host: HostUse = .none) -> [String] {
    do throws(InvalidTopology) {
        _ = try Topology.load(document, source: "x", host: host)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
