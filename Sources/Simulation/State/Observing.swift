internal import ClusterModel

extension SimulatedCluster {
    /// What an observation of that depth shows.
    func observed(asksEverything: Bool = true) -> ObservedCluster {
        ObservedCluster(
            name: name,
            topology: wanted ?? recordedTopology,
            network: network,
            volumes: volumes,
            strays: strays,
            watcher: watcher,
            balancers: balancers.map { observed($0, asksEverything) },
            isBeingDestroyed: isBeingDestroyed
        )
    }

    private func observed(_ balancer: SimulatedBalancer, _ asksEverything: Bool) -> ObservedBalancer {
        let isUp = asksEverything && balancer.isRunning && balancer.isReady
        return ObservedBalancer(
            spec: balancer.spec,
            container: balancer.container,
            record: balancer.record,
            listedNodes: balancer.listedNodes,
            pool: isUp ? balancer.spec.driver.view == .none ? PoolView(nodes: []) : balancer.pool : nil,
            poolError: asksEverything && balancer.isRunning && !balancer.isReady ? "it is starting" : nil,
            hold: isUp && balancer.spec.hold ? balancer.hold : nil,
            operation: isUp ? balancer.operation?.title : nil,
            staleParameters: isUp ? balancer.staleParameters : [],
            upgrade: balancer.upgrade,
            upgradeIsUnreadable: balancer.upgradeIsUnreadable,
            nodes: balancer.nodes.map { $0.observed(in: balancer, asksEverything) }
        )
    }

    /// What was asked for, as the labels of what exists would tell it.
    private var recordedTopology: Topology? {
        guard var topology = labelled else { return nil }
        topology.balancers = balancers.compactMap { balancer in
            var spec = balancer.spec
            let nodes = balancer.nodes.map(\.spec)
            guard let primary = nodes.first(where: { $0.id == spec.primary.id }) ?? nodes.first else { return nil }
            spec.primary = primary
            spec.replicas = nodes.filter { $0.id != primary.id }
            return spec
        }
        return topology
    }
}

extension SimulatedBalancer {
    fileprivate var pool: PoolView {
        let listed = nodes.filter { listedNodes?.contains($0.id) == true }
        let weights = listed.map(\.spec.weight).reduce(0, +)
        return PoolView(
            nodes: listed.map { node in
                PoolView.Node(
                    id: node.id,
                    status: node.isServing ? "up" : "down",
                    role: node.id == record?.node ? "primary" : "standby",
                    weight: weights > 0 ? node.spec.weight / weights : 0,
                    selects: 0,
                    isDetached: node.isDetached,
                    isAway: node.isDetached && node.isAway
                )
            },
            sessions: clients.connected,
            capacity: inForce["num_init_children"].flatMap { Int($0) } ?? 32
        )
    }

    fileprivate var hold: HoldView {
        HoldView(
            isPaused: clients.isHeld,
            until: clients.heldUntil,
            waiting: clients.isHeld ? clients.count : 0,
            clients: clients.count
        )
    }

    /// Parameters that were written and not read yet.
    fileprivate var staleParameters: [String] {
        Set(inForce.keys).union(spec.parameters.keys).filter { inForce[$0] != spec.parameters[$0] }.sorted()
    }
}

extension SimulatedNode {
    fileprivate func observed(in balancer: SimulatedBalancer, _ asksEverything: Bool) -> ObservedNode {
        let view = asksEverything ? view(in: balancer) : nil
        return ObservedNode(
            spec: spec,
            container: container,
            hasVolume: hasVolume,
            postgres: view,
            postgresError: asksEverything && isRunning && view == nil ? silence : nil
        )
    }

    private var silence: String { isHung ? "no answer within 2 s" : "the server is starting" }
}

extension SimulatedCluster {
    /// A simulation that begins where an observation ended.
    init(_ observed: ObservedCluster, dice: SeededDice, now: Double = 0) {
        self.init(name: observed.name, dice: dice, now: now)
        network = observed.network
        volumes = observed.volumes
        strays = observed.strays
        watcher = observed.watcher
        isBeingDestroyed = observed.isBeingDestroyed
        wanted = observed.topology
        labelled = observed.topology
        balancers = observed.balancers.map { SimulatedBalancer($0) }
        for index in balancers.indices { reconcile(index) }
    }
}

extension SimulatedBalancer {
    /// A balancer as it was found.
    fileprivate init(_ observed: ObservedBalancer) {
        self.init(spec: observed.spec)
        container = observed.container
        isReady = observed.pool != nil
        record = observed.record
        listedNodes = observed.listedNodes
        upgrade = observed.upgrade
        upgradeIsUnreadable = observed.upgradeIsUnreadable
        inForce = observed.spec.parameters
        let source = observed.primary?.postgres
        nodes = observed.nodes.map { SimulatedNode($0, in: observed, source: source) }
    }
}

extension SimulatedNode {
    fileprivate init(_ observed: ObservedNode, in balancer: ObservedBalancer, source: PostgresView?) {
        self.init(spec: observed.spec)
        container = observed.container
        hasVolume = observed.hasVolume
        model = observed.postgres
        let known = observed.postgres ?? source
        if hasVolume, balancer.record != nil {
            data = WriteAheadLog(
                system: known?.systemIdentifier ?? WriteAheadLog.fresh.system,
                timeline: known?.timeline ?? 1,
                position: known?.position ?? WriteAheadLog.fresh.position
            )
        }
        let seen = balancer.pool?.nodes.first { $0.id == observed.spec.id }
        isServing = seen?.isServing ?? false
        isDetached = seen?.isDetached ?? false
        isAway = seen?.isAway ?? false
        pending = Set(observed.postgres?.pendingRestart ?? [])
        refused = observed.postgres?.refusedSettings ?? [:]
        inForce = observed.spec.settings.filter { !pending.contains($0.key) && refused[$0.key] == nil }
        guard let postgres = observed.postgres else { return }
        server = .up
        role = balancer.record.map { $0.node == observed.spec.id ? .primary : .replica } ?? postgres.role
        isStreaming = role == .replica && (postgres.isStreaming || postgres.role == .primary)
    }
}
