public import ClusterModel
internal import DockerEngine
public import Orchestration

extension DockerClusterBackend {
    /// One snapshot of a cluster.
    public func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        let snapshot = try await onEngine { try await self.snapshot(of: cluster) }
        if depth == .engine { return snapshot.observed(ControlVolume()) }
        if depth == .glance, let seen = await glance(at: snapshot) { return seen }
        let control = try await onEngine { try await controlVolume(of: snapshot) }
        var observed = snapshot.observed(control)
        guard depth != .control, let secrets = control.secrets else { return observed }
        let host = host(for: observed.topology?.bindAddress ?? Topology.defaultBindAddress)
        observed.balancers = await askAll(observed.balancers, host, secrets)
        return observed
    }

    func snapshot(of cluster: String) async throws -> EngineSnapshot {
        async let containers = client.listContainers(labels: [Label.cluster: cluster])
        async let networks = client.listNetworks(labels: [Label.cluster: cluster])
        async let volumes = client.listVolumes(labels: [Label.cluster: cluster])
        return EngineSnapshot(
            name: cluster,
            containers: try await containers,
            networks: try await networks,
            volumes: try await volumes
        )
    }

    /// Reads the whole control volume; empty when no container mounts it. A container that goes away while it is read is not
    /// the volume's fault: another one is tried, for a bounded number of times.
    func controlVolume(of snapshot: EngineSnapshot) async throws -> ControlVolume {
        var snapshot = snapshot
        for attempt in 1... {
            guard let holder = snapshot.controlHolder else { break }
            do {
                let archive = try await client.download(ContainerPath.control, from: holder)
                return ControlVolume(archive: try TarArchive(bytes: archive))
            } catch let error as EngineError {
                guard attempt < 5 else { throw error }
                try await Task.sleep(for: .milliseconds(100 * attempt))
                snapshot = try await self.snapshot(of: snapshot.name)
            }
        }
        return ControlVolume()
    }

    /// Asks every running node and balancer at the same time.
    private func askAll(_ balancers: [ObservedBalancer], _ host: String, _ secrets: Secrets) async -> [ObservedBalancer]
    {
        await withTaskGroup(of: Answer.self) { group in
            for (index, balancer) in balancers.enumerated() {
                if balancer.container?.state == .running {
                    let probe = poolProbe(of: balancer.spec, host: host, secrets)
                    group.addTask { .pool(index, await Self.outcome { try await probe.ask() }) }
                }
                for (number, node) in balancer.nodes.enumerated() where node.container?.state == .running {
                    let endpoint = endpoint(host: host, port: node.spec.port, secrets, .monitor)
                    group.addTask { .node(index, number, await Self.outcome { try await PostgresProbe.ask(endpoint) }) }
                }
            }
            var balancers = balancers
            for await answer in group { balancers.take(answer) }
            return balancers
        }
    }

    /// The observation by the agents alone, which needs no password and so no look into the control volume, the slowest
    /// call of the engine. `nil` when any running balancer has no agent that answers.
    private func glance(at snapshot: EngineSnapshot) async -> ObservedCluster? {
        var observed = snapshot.observed(ControlVolume())
        let running = observed.balancers.filter { $0.container?.state == .running }.map(\.spec)
        guard running.count == observed.balancers.count, !running.isEmpty else { return nil }
        let host = host(for: observed.topology?.bindAddress ?? Topology.defaultBindAddress)
        let answers = await withTaskGroup(of: (String, AgentProbe.Answer?).self) { group in
            for balancer in running {
                let probe = AgentProbe(client: client, balancer: balancer, host: host)
                group.addTask { (balancer.name, try? await probe.ask()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for index in observed.balancers.indices {
            guard let answer = answers[observed.balancers[index].spec.name] else { return nil }
            observed.balancers[index].take(answer)
        }
        return observed
    }

    func poolProbe(of balancer: BalancerSpec, host: String, _ secrets: Secrets) -> PoolProbe {
        PoolProbe(
            client: client,
            balancer: balancer,
            endpoint: endpoint(host: host, port: balancer.port, secrets, .monitor)
        )
    }

    private static func outcome<View: Sendable>(
        _ ask: @Sendable () async throws -> View
    ) async -> Result<View, PostgresError> {
        do {
            return .success(try await ask())
        } catch let error as PostgresError {
            return .failure(error)
        } catch {
            return .failure(PostgresError(kind: .timedOut, message: "the question was cut short"))
        }
    }
}

/// What came back from one server.
private enum Answer: Sendable {
    case pool(Int, Result<PoolView, PostgresError>)
    case node(Int, Int, Result<PostgresView, PostgresError>)
}

extension ObservedBalancer {
    fileprivate mutating func take(_ answer: AgentProbe.Answer) {
        pool = answer.pool
        record = answer.record
        listedNodes = answer.listed
        for index in nodes.indices where nodes[index].container?.state == .running {
            switch answer.nodes[nodes[index].spec.id] {
            case .success(let view)?: nodes[index].postgres = view
            case .failure(let error)?: nodes[index].postgresError = error.message
            case nil: nodes[index].postgresError = "\(spec.name) does not know of it"
            }
        }
    }
}

extension [ObservedBalancer] {
    fileprivate mutating func take(_ answer: Answer) {
        switch answer {
        case .pool(let index, .success(let view)): self[index].pool = view
        case .pool(let index, .failure(let error)): self[index].poolError = error.message
        case .node(let index, let node, .success(let view)): self[index].nodes[node].postgres = view
        case .node(let index, let node, .failure(let error)): self[index].nodes[node].postgresError = error.message
        }
    }
}
