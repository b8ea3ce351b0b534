internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension DockerClusterBackend {
    func endpoint(host: String, port: Int, _ secrets: Secrets, _ secret: SecretName, database: String? = nil)
        -> PostgresEndpoint
    {
        PostgresEndpoint(
            host: host,
            port: port,
            user: secret.role,
            password: secrets[secret],
            database: database ?? "postgres"
        )
    }

    /// Where a target listens on this machine, with a role that may log in.
    func endpoint(of target: Target, role: SecretName, database: String?) async throws -> PostgresEndpoint {
        let snapshot = try await snapshot(of: target.cluster)
        let (balancer, node) = try find(target, in: snapshot)
        guard let secrets = try await secrets(of: snapshot) else {
            throw ClusterError(
                .notFound,
                operation: "read the password of \(target.cluster)",
                message: "its control volume holds none, or no container mounts it",
                advice: "run init again to complete the cluster"
            )
        }
        let host = host(for: snapshot.topology?.bindAddress ?? Topology.defaultBindAddress)
        return endpoint(host: host, port: node?.port ?? balancer.port, secrets, role, database: database)
    }

    /// The secrets as the control volume holds them. They seldom change, and to read it is the slowest call of the engine, so that this
    /// process reads them once, and again when a login has failed.
    private func secrets(of snapshot: EngineSnapshot) async throws -> Secrets? {
        let volume = snapshot.volumes.first { $0.name == VolumeName.control(snapshot.name) }
        if let volume, let known = memory.secrets(on: volume) { return known }
        let secrets = try await controlVolume(of: snapshot).secrets
        if let volume, let secrets { memory.note(secrets, on: volume) }
        return secrets
    }

    /// The name of a target's container.
    func container(of target: Target) async throws -> String {
        if target == .watcher(of: target.cluster) { return WatcherName.container(target.cluster) }
        let (balancer, node) = try find(target, in: try await snapshot(of: target.cluster))
        return node?.containerName ?? balancer.containerName
    }

    func find(_ target: Target, in snapshot: EngineSnapshot) throws -> (BalancerSpec, NodeSpec?) {
        guard let topology = snapshot.topology else {
            throw ClusterError(
                .notFound,
                operation: "find cluster \(target.cluster)",
                message: "the engine holds nothing of it",
                advice: "pgbc list shows what there is"
            )
        }
        guard let balancer = topology.balancer(target.balancer) else {
            throw ClusterError(
                .notFound,
                operation: "find balancer \(target.balancer) in \(target.cluster)",
                message: "the cluster has \(topology.balancers.map(\.name).joined(separator: ", "))"
            )
        }
        guard let name = target.node else { return (balancer, nil) }
        guard let node = balancer.nodes.first(where: { $0.host == name || $0.containerName == name }) else {
            throw ClusterError(
                .notFound,
                operation: "find node \(name) behind \(target.balancer)",
                message: "it has \(balancer.nodes.map(\.host).joined(separator: ", "))"
            )
        }
        return (balancer, node)
    }
}
