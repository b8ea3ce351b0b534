public import ClusterModel

extension Orchestrator {
    /// Restarts PostgreSQL on a node. A replica is taken out of the balancer before and put back when it has caught up; the primary of
    /// the moment is refused while a replica could take over, unless `inPlace`: then clients wait, where they can be held.
    @discardableResult
    public func restart(_ target: Target, inPlace: Bool = false) async throws -> Plan {
        let plan = try await operate(on: target, "restart") { scene, node in
            if scene.isPrimary(node), !inPlace, scene.balancer.successor(of: node.spec.id) != nil {
                try scene.requireNotPrimary(
                    node,
                    hint: "; or restart it in place, which cuts its clients unless they are held"
                )
            }
            return scene.restart(node)
        }
        try await verifySettings(of: target)
        return plan
    }

    /// A node whose new settings keep PostgreSQL from starting runs with the old ones: that is not what was wanted.
    private func verifySettings(of target: Target) async throws {
        let observed = try await existing(target.cluster, depth: .full)
        guard let words = observed.balancer(target.balancer)?.node(target.name)?.refusedSettings else { return }
        throw ClusterError(
            .verificationFailed,
            operation: "restart \(target.name) with its new settings",
            message: words,
            advice: "it runs with those before; pgbc configure changes them"
        )
    }

    /// Stops a node; it stays stopped until it is started. The primary of the moment is refused while there are replicas.
    @discardableResult
    public func stop(_ target: Target) async throws -> Plan {
        try await operate(on: target, "stop") { scene, node in
            if scene.balancer.nodes.count > 1 { try scene.requireNotPrimary(node) }
            return scene.stop(node)
        }
    }

    /// Starts a node, waits until it streams, and puts it back into the balancer.
    @discardableResult
    public func start(_ target: Target) async throws -> Plan {
        try await operate(on: target, "start") { scene, node in
            guard let container = node.container else {
                throw scene.refused("it has no container", "pgbc apply \(target.cluster) creates it")
            }
            if container.state == .running, node.postgres != nil, scene.view(of: node)?.isServing == true {
                return scene.plan
            }
            return scene.start(node)
        }
    }

    /// Brings a replica back that does not stream: it is restarted, rewinds or is cloned anew by itself; with `reclone` its data is
    /// thrown away first.
    @discardableResult
    public func rejoin(_ target: Target, reclone: Bool = false) async throws -> Plan {
        try await operate(on: target, "rejoin") { scene, node in
            try scene.requireNotPrimary(node)
            return try scene.rejoin(node, reclone: reclone)
        }
    }

    /// Makes a replica anew, container and data: for a node whose disk or image is broken.
    @discardableResult
    public func replace(_ target: Target) async throws -> Plan {
        try await operate(on: target, "replace") { scene, node in
            try scene.requireNotPrimary(node)
            return scene.replace(node)
        }
    }

    /// Takes a node out of the balancer; it stays out until it is attached. Sessions on it are given time to end.
    @discardableResult
    public func detach(_ target: Target) async throws -> Plan {
        try await operate(on: target, "detach") { scene, node in
            try scene.requireControl(.attach)
            try scene.requireNotPrimary(node)
            guard scene.view(of: node)?.isInMaintenance != true else { return scene.plan }
            var plan = scene.plan
            if let note = scene.loneNote(without: node) { plan.notes.append(note) }
            plan.addDetach(of: node.spec, from: scene.name, because: "it was asked for")
            return plan
        }
    }

    /// Puts a node back into the balancer once it has caught up; a stopped one is started first.
    @discardableResult
    public func attach(_ target: Target) async throws -> Plan {
        try await operate(on: target, "attach") { scene, node in
            try scene.requireControl(.attach)
            if node.container?.state != .running { return scene.start(node) }
            guard scene.view(of: node)?.isServing != true else { return scene.plan }
            var plan = scene.plan
            plan.addStreaming(of: node.spec, in: scene.name, after: [])
            plan.addAttach(of: node.spec, to: scene.name, because: "it was asked for", after: plan.steps.map(\.id))
            return plan
        }
    }

    /// Kills a node that hangs, so that it cannot accept a write when it wakes up.
    public func fence(_ target: Target) async throws {
        try await holding(target.cluster) { observed, _ in
            let scene = try Scene(observed, balancer: target.balancer, to: "fence \(target.name)")
            let node = try scene.node(target.name)
            if node.postgres != nil { throw scene.refused("it answers", "stop it instead: node:stop()") }
            try await backend.fence(target)
        }
    }

    private func operate(
        on target: Target,
        _ verb: String,
        _ plan: @Sendable (Scene, ObservedNode) throws -> Plan
    ) async throws -> Plan {
        try await operate(on: target.cluster) { observed in
            let scene = try Scene(observed, balancer: target.balancer, to: "\(verb) \(target.name)")
            return try plan(scene, try scene.node(target.name))
        }
    }
}
