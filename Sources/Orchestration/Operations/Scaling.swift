public import ClusterModel

extension Orchestrator {
    /// Adds replicas behind a balancer of a running cluster, clones, attaches and verifies them.
    @discardableResult
    public func addReplicas(_ count: Int, to balancer: String, of cluster: String) async throws -> Plan {
        try await change(cluster) { topology, _ in
            try topology.add(count, to: balancer, host: try await backend.hostUse(except: cluster))
        }
    }

    /// Takes replicas away: those named, or else the `count` with the highest numbers that are not primary now.
    @discardableResult
    public func removeReplicas(
        _ choice: ReplicaChoice,
        from balancer: String,
        of cluster: String
    ) async throws -> Plan {
        try await change(cluster) { topology, observed in
            try topology.remove(choice, from: balancer, observed: observed)
        }
    }

    /// Sets the number of replicas behind a balancer.
    @discardableResult
    public func scale(_ balancer: String, of cluster: String, to replicas: Int) async throws -> Plan {
        try await change(cluster) { topology, observed in
            let now = try topology.existing(balancer: balancer).replicas.count
            if replicas > now {
                try topology.add(replicas - now, to: balancer, host: try await backend.hostUse(except: cluster))
            } else if replicas < now {
                try topology.remove(.count(now - replicas), from: balancer, observed: observed)
            }
        }
    }
}
