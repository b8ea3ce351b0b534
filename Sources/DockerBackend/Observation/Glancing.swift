internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension DockerClusterBackend {
    /// The observation by two of the engine's lists and the balancers' agents, which need no password and so no look into the
    /// control volume, the slowest call of the engine. `nil` when any balancer has no agent that answers, or when something is
    /// missing that only a longer look explains.
    func glance(at cluster: String) async throws -> ObservedCluster? {
        async let volumes = client.listVolumes(labels: [Label.cluster: cluster])
        let containers = try await client.listContainers(labels: [Label.cluster: cluster])
        let snapshot = EngineSnapshot(name: cluster, containers: containers, networks: [], volumes: try await volumes)
        var observed = snapshot.observed(ControlVolume())
        observed.network = containers.lazy.compactMap { $0.attachment(to: observed.topology) }.first
        // Why a container is missing, be it a destroy that was cut, stands on the control volume.
        guard observed.strays.isEmpty, observed.balancers.allSatisfy({ $0.nodes.allSatisfy { $0.container != nil } })
        else { return nil }
        let running = observed.balancers.filter { $0.container?.state == .running }.map(\.spec)
        guard observed.network != nil, running.count == observed.balancers.count, !running.isEmpty else { return nil }
        let answers = await ask(running, host: host(for: observed.topology?.bindAddress ?? Topology.defaultBindAddress))
        for index in observed.balancers.indices {
            let balancer = observed.balancers[index]
            guard let answer = answers[balancer.spec.name],
                answer.listed.allSatisfy(balancer.nodes.map(\.spec.id).contains)
            else { return nil }
            observed.balancers[index].take(answer)
        }
        return observed
    }

    /// What each agent answers at the same time; those that do not are missing.
    private func ask(_ balancers: [BalancerSpec], host: String) async -> [String: AgentProbe.Answer] {
        await withTaskGroup(of: (String, AgentProbe.Answer?).self) { group in
            for balancer in balancers {
                let probe = AgentProbe(client: client, balancer: balancer, host: host)
                group.addTask { (balancer.name, try? await probe.ask()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

extension ContainerSummary {
    /// The cluster's network as a running container's end of it shows; `nil` when it has none.
    fileprivate func attachment(to topology: Topology?) -> ObservedNetwork? {
        guard let network = topology?.network, let end = networks[network.name], !end.ipAddress.isEmpty else {
            return nil
        }
        return ObservedNetwork(id: end.networkID, name: network.name, subnet: "\(network.subnet)")
    }
}

extension ObservedBalancer {
    mutating func take(_ answer: AgentProbe.Answer) {
        take(answer.balancer)
        record = answer.record
        listedNodes = answer.listed
        let control = ControlVolume(upgradeOf: spec.name, text: answer.upgrade ?? "")
        upgrade = control.upgrade(of: spec.name)
        upgradeIsUnreadable = control.hasUnreadableUpgrade(of: spec.name)
        for index in nodes.indices where nodes[index].container?.state == .running {
            switch answer.nodes[nodes[index].spec.id] {
            case .success(let view)?: nodes[index].postgres = view
            case .failure(let error)?: nodes[index].postgresError = error.message
            case nil: nodes[index].postgresError = "\(spec.name) does not know of it"
            }
        }
    }
}
