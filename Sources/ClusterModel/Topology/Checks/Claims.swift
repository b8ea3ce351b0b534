/// Every use that a topology makes of something of which there is one.
struct Claims<Value: Hashable> {
    private(set) var all: [Claim] = []

    struct Claim {
        /// Where a message says it is.
        var path: String
        var value: Value
        /// As it is written there.
        var written: Document
    }

    mutating func add(_ value: Value, _ written: Document, at path: String) {
        all.append(Claim(path: path, value: value, written: written))
    }

    /// A problem for each claim on a value that was claimed before.
    func duplicates(_ what: String, suggestion: String) -> [Problem] {
        var first: [Value: String] = [:]
        return all.compactMap { claim in
            guard let earlier = first[claim.value] else {
                first[claim.value] = claim.path
                return nil
            }
            let reason = "\(earlier) has the same \(what)"
            return Problem(path: claim.path, value: claim.written.excerpt, reason: reason, suggestion: suggestion)
        }
    }
}

extension Claims<Int> {
    mutating func add(_ number: Int, at path: String) { add(number, .integer(number), at: path) }
}

extension Claims<String> {
    mutating func add(_ text: String, at path: String) { add(text, .string(text), at: path) }
}

extension Claims<IPv4Address> {
    mutating func add(_ address: IPv4Address, at path: String) { add(address, .string("\(address)"), at: path) }
}

extension Topology {
    /// Each balancer and node with its path.
    var places: [(path: String, balancer: BalancerSpec, nodes: [(path: String, node: NodeSpec)])] {
        balancers.enumerated().map { index, balancer in
            let path = "balancers[\(index)]"
            let replicas = balancer.replicas.enumerated().map { ("\(path).replicas[\($0)]", $1) }
            return (path, balancer, [("\(path).primary", balancer.primary)] + replicas)
        }
    }

    /// The published ports.
    var portClaims: Claims<Int> {
        var claims = Claims<Int>()
        for place in places {
            claims.add(place.balancer.port, at: "\(place.path).port")
            claims.add(place.balancer.pcpPort, at: "\(place.path).pcp_port")
            claims.add(place.balancer.restPort, at: "\(place.path).rest_api_port")
            for node in place.nodes { claims.add(node.node.port, at: "\(node.path).port") }
        }
        return claims
    }

    var addressClaims: Claims<IPv4Address> {
        var claims = Claims<IPv4Address>()
        for place in places {
            claims.add(place.balancer.address, at: "\(place.path).ip_address")
            for node in place.nodes { claims.add(node.node.address, at: "\(node.path).ip_address") }
        }
        return claims
    }

    var containerClaims: Claims<String> {
        var claims = Claims<String>()
        for place in places {
            claims.add(place.balancer.containerName, at: "\(place.path).container_name")
            for node in place.nodes { claims.add(node.node.containerName, at: "\(node.path).container_name") }
        }
        return claims
    }
}
