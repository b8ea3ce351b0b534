public import ClusterModel
internal import DockerEngine
public import Orchestration

extension DockerClusterBackend {
    /// One snapshot of a cluster.
    public func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster {
        if depth == .glance, let seen = try await onEngine({ try await glance(at: cluster) }) { return seen }
        let snapshot = try await onEngine { try await self.snapshot(of: cluster) }
        if depth == .engine { return snapshot.observed(ControlVolume()) }
        let control = try await onEngine { try await controlVolume(of: snapshot) }
        var observed = snapshot.observed(control)
        guard depth != .control, let secrets = control.secrets else { return observed }
        let host = host(for: observed.topology?.bindAddress ?? Topology.defaultBindAddress)
        observed.balancers = await askAll(observed.balancers, host, secrets)
        observed.balancers.take(control)
        return observed
    }

    /// Looks into the control volume, the slowest call of the engine, only when the last run of this process wrote nothing there.
    public func observeAsLeft(_ cluster: String) async throws -> ObservedCluster {
        guard let left = memory.left(of: cluster) else { return try await observe(cluster, depth: .control) }
        let control = ControlVolume(holding: left, drivers: drivers.drivers)
        return try await onEngine { try await snapshot(of: cluster).observed(control) }
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
        // Nobody can have written anything while our lock is all there is.
        if let only = snapshot.containers.first, snapshot.containers.count == 1, memory[only.id].hasEmptyControlVolume {
            return ControlVolume()
        }
        var snapshot = snapshot
        for attempt in 1... {
            guard let holder = snapshot.controlHolder else { break }
            do {
                let archive = try await client.download(ContainerPath.control, from: holder)
                return ControlVolume(archive: try TarArchive(bytes: archive), drivers: drivers.drivers)
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

    func poolProbe(of balancer: BalancerSpec, host: String, _ secrets: Secrets) -> PoolProbe {
        PoolProbe(
            client: client,
            balancer: balancer,
            nodes: drivers.known(balancer)?.nodes,
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
    case pool(Int, Result<BalancerView, PostgresError>)
    case node(Int, Int, Result<PostgresView, PostgresError>)
}

extension [ObservedBalancer] {
    /// What the control volume knows of nodes and their places in the balancer.
    fileprivate mutating func take(_ control: ControlVolume) {
        for index in indices {
            let name = self[index].spec.name
            for number in self[index].nodes.indices {
                let node = self[index].nodes[number].spec.id
                self[index].nodes[number].refusedSettings = control.refused(by: node, of: name)?.text
            }
            for place in self[index].pool?.nodes.indices ?? 0..<0 {
                guard let seen = self[index].pool?.nodes[place], seen.isDetached else { continue }
                self[index].pool?.nodes[place].isAway = control.isAway(seen.id, from: name)
            }
        }
    }

    fileprivate mutating func take(_ answer: Answer) {
        switch answer {
        case .pool(let index, .success(let view)): self[index].take(view)
        case .pool(let index, .failure(let error)): self[index].poolError = error.message
        case .node(let index, let node, .success(let view)): self[index].nodes[node].postgres = view
        case .node(let index, let node, .failure(let error)): self[index].nodes[node].postgresError = error.message
        }
    }
}
