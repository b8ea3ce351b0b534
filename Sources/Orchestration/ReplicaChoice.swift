internal import ClusterModel

/// Which replicas to take away.
public enum ReplicaChoice: Sendable, Equatable {
    /// That many: the highest numbers first, never the node that is primary now.
    case count(Int)
    /// Those with these host or container names.
    case names([String])
}

extension Topology {
    /// The balancer of that name, or an error that names the ones there are.
    func existing(balancer name: String) throws -> BalancerSpec {
        if let found = balancers.first(where: { $0.name == name }) { return found }
        throw ClusterError(
            .notFound,
            operation: "find balancer \(name) in \(self.name)",
            message: "the cluster has \(balancers.map(\.name).joined(separator: ", "))"
        )
    }

    /// Adds replicas to what is wanted.
    mutating func add(_ count: Int, to balancer: String, host: HostUse) throws(ClusterError) {
        do {
            _ = try addReplicas(to: balancer, count: count, host: host)
        } catch {
            throw ClusterError(error)
        }
    }

    /// Takes replicas out of what is wanted. The node that is primary now is never taken.
    mutating func remove(_ choice: ReplicaChoice, from balancer: String, observed: ObservedCluster) throws {
        let spec = try existing(balancer: balancer)
        guard let index = balancers.firstIndex(where: { $0.name == balancer }) else { return }
        let primary = observed.balancer(balancer)?.record?.node ?? spec.primary.id
        let removable = spec.nodes.filter { $0.id != primary }.sorted { $0.id > $1.id }
        let leaving: [NodeSpec]
        switch choice {
        case .count(let count):
            guard count > 0, count <= removable.count else {
                throw ClusterError(
                    .invalid,
                    operation: "remove \(count) replicas from \(balancer)",
                    message: "it has \(removable.count)",
                    advice: "give a number from 1 to \(removable.count)"
                )
            }
            leaving = Array(removable.prefix(count))
        case .names(let names):
            leaving = try names.map { try spec.removable($0, primary: primary) }
        }
        try balancers[index].keep(except: Set(leaving.map(\.id)), primary: primary)
        try balancers[index].requireQuorum()
    }
}

extension BalancerSpec {
    fileprivate func removable(_ name: String, primary: Int) throws -> NodeSpec {
        guard let node = nodes.first(where: { $0.host == name || $0.containerName == name }) else {
            throw ClusterError(
                .notFound,
                operation: "remove \(name) from \(self.name)",
                message: "it has \(nodes.map(\.host).joined(separator: ", "))"
            )
        }
        guard node.id != primary else {
            throw ClusterError(
                .conflict,
                operation: "remove \(name) from \(self.name)",
                message: "it is the primary now",
                advice: "make another node the primary first"
            )
        }
        return node
    }

    /// Fewer replicas than have to have each transaction would stop all writes.
    fileprivate func requireQuorum() throws {
        guard sync > replicas.count else { return }
        throw ClusterError(
            .conflict,
            operation: "leave \(name) \(replicas.count == 1 ? "1 replica" : "\(replicas.count) replicas")",
            message: "sync is \(sync): no write would be acknowledged any more",
            advice: "lower sync of \(name) first"
        )
    }

    /// Drops nodes; when the topology's own primary is among them, the node that is primary now takes its place.
    fileprivate mutating func keep(except leaving: Set<Int>, primary: Int) throws {
        let staying = nodes.filter { !leaving.contains($0.id) }
        guard let now = staying.first(where: { $0.id == primary }) else {
            throw ClusterError(
                .conflict,
                operation: "remove replicas from \(name)",
                message: "its primary, node \(primary), is not in its topology",
                advice: "pgbc status tells what is there"
            )
        }
        let first = staying.first { $0.id == self.primary.id } ?? now
        self.primary = first
        replicas = staying.filter { $0.id != first.id }
    }
}
