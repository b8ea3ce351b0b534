extension Topology {
    /// A problem for each name, port, address and id that two have.
    func duplicateProblems() -> [Problem] {
        var names = Claims<String>()
        var hosts = Claims<String>()
        for place in places {
            names.add(place.balancer.name, at: "\(place.path).name")
            for node in place.nodes {
                hosts.add(node.node.host.lowercased(), .string(node.node.host), at: "\(node.path).host")
            }
        }
        return names.duplicates("name", suggestion: "give each balancer a name of its own")
            + containerClaims.duplicates("container name", suggestion: "container names are unique on an engine")
            + hosts.duplicates("host name", suggestion: "give each node a name of its own")
            + ambiguousHosts()
            + portClaims.duplicates("port", suggestion: "publish each port once")
            + addressClaims.duplicates("address", suggestion: "give each container an address of its own")
            + duplicateIds()
    }

    private func duplicateIds() -> [Problem] {
        places.flatMap { place in
            var ids = Claims<Int>()
            for (path, node) in place.nodes { ids.add(node.id, at: "\(path).node_id") }
            return ids.duplicates("node id", suggestion: "give each node of a balancer an id of its own")
        }
    }

    /// A host name that is another container's name would be looked up to either of them.
    private func ambiguousHosts() -> [Problem] {
        let owners = Dictionary(containerClaims.all.map { ($0.value.lowercased(), $0.path) }) { first, _ in first }
        return places.flatMap(\.nodes).compactMap { path, node in
            guard let owner = owners[node.host.lowercased()], owner != "\(path).container_name" else { return nil }
            return Problem(
                path: "\(path).host",
                value: Document.string(node.host).excerpt,
                reason: "\(owner) has the same name, and inside the network both are found by it",
                suggestion: "give each container names of its own"
            )
        }
    }
}
