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

    /// Takes away as many replicas, those with the highest ids first.
    ///
    /// - Parameter kept: ids that must stay, such as that of a node that a failover has made the primary.
    /// - Returns: the nodes that are no longer wanted, in the order of their ids.
    public mutating func removeReplicas(
        from balancer: String,
        count: Int,
        keeping kept: Set<Int> = []
    ) throws(InvalidTopology) -> [NodeSpec] {
        let index = try index(of: balancer)
        let replicas = balancers[index].replicas.filter { !kept.contains($0.id) }
        try expect(count, atMost: replicas.count, of: "\(balancer) has \(replicas.count) replicas")
        return remove(Set(replicas.map(\.id).sorted().suffix(count)), from: index)
    }

    /// Takes away the replicas with these hosts, container names or node ids.
    ///
    /// - Returns: the nodes that are no longer wanted, in the order of their ids.
    public mutating func removeReplicas(from balancer: String, named names: [String]) throws(InvalidTopology)
        -> [NodeSpec]
    {
        let index = try index(of: balancer)
        let target = balancers[index]
        var problems: [Problem] = []
        let ids = names.compactMap { name -> Int? in
            let node = target.nodes.first { $0.host == name || $0.containerName == name || String($0.id) == name }
            if let node, node.id != target.primary.id { return node.id }
            problems.append(target.refusal(of: name, isPrimary: node != nil))
            return nil
        }
        guard problems.isEmpty else { throw InvalidTopology(source: self.name, problems: problems) }
        return remove(Set(ids), from: index)
    }

    private mutating func remove(_ ids: Set<Int>, from index: Int) -> [NodeSpec] {
        let removed = balancers[index].replicas.filter { ids.contains($0.id) }
        balancers[index].replicas.removeAll { ids.contains($0.id) }
        return removed.sorted { $0.id < $1.id }
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

extension BalancerSpec {
    fileprivate func refusal(of name: String, isPrimary: Bool) -> Problem {
        if isPrimary {
            return Problem(
                path: "node",
                value: "\"\(name)\"",
                reason: "is what \(self.name) was declared with as its primary, not a replica",
                suggestion: "name one of its replicas"
            )
        }
        let hosts = replicas.map(\.host)
        return Problem(
            path: "node",
            value: "\"\(name)\"",
            reason: "\(self.name) has no such replica",
            suggestion: hosts.isEmpty ? "it has none" : "it has \(hosts.joined(separator: ", "))",
            kind: .notFound
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
