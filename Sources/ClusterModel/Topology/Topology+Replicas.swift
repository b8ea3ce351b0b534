extension Topology {
    /// Adds replicas to a balancer: the lowest free node ids, names by the neighbours' pattern, free ports and
    /// addresses.
    ///
    /// - Returns: the new nodes, in the order of their ids.
    public mutating func addReplicas(
        to balancer: String,
        count: Int,
        host: HostUse = .none
    ) throws(InvalidTopology) -> [NodeSpec] {
        let index = try index(of: balancer)
        let target = balancers[index]
        let free = NodeSpec.ids.dropFirst().filter { id in !target.nodes.contains { $0.id == id } }
        let limit = "\(balancer) has \(target.replicas.count) replicas and can have at most \(NodeSpec.ids.upperBound)"
        try expect(count, atMost: free.count, of: limit)
        var allocator = Allocator(self, host: host)
        let names = ReplicaNames(
            cluster: name,
            balancer: balancer,
            primary: NodeDraft(target.primary),
            replicas: target.replicas.map(NodeDraft.init)
        )
        let inherited = settings.merging(target.settings) { $1 }
        let added = free.prefix(count).map { id in
            allocator.replica(
                NodeDraft(id: id),
                names: names,
                primary: target.primary,
                inherited: inherited,
                path: "replica \(id)"
            )
        }
        guard allocator.problems.isEmpty else { throw InvalidTopology(source: name, problems: allocator.problems) }
        balancers[index].replicas = (target.replicas + added)
        return added
    }

    private func index(of balancer: String) throws(InvalidTopology) -> Int {
        if let index = balancers.firstIndex(where: { $0.name == balancer }) { return index }
        let names = balancers.map(\.name)
        let problem = Problem(
            path: "balancer",
            value: "\"\(balancer)\"",
            reason: "cluster \(name) has no such balancer",
            suggestion: balancer.nearest(in: names).map { "did you mean \"\($0)\"?" }
                ?? "it has \(names.joined(separator: ", "))",
            kind: .notFound
        )
        throw InvalidTopology(source: name, problems: [problem])
    }

    private func expect(_ count: Int, atMost most: Int, of limit: String) throws(InvalidTopology) {
        guard count < 1 || count > most else { return }
        let range = most < 1 ? "no number is possible" : "choose a number from 1 to \(most)"
        let reason = count < 1 ? "must be at least 1" : limit
        throw InvalidTopology(
            source: name,
            problems: [Problem(path: "count", value: "\(count)", reason: reason, suggestion: range)]
        )
    }
}

extension NodeDraft {
    fileprivate init(_ node: NodeSpec) {
        self.init(
            id: node.id,
            host: node.host,
            port: node.port,
            containerName: node.containerName,
            address: node.address
        )
    }
}
