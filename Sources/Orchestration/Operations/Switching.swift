public import ClusterModel

extension Orchestrator {
    /// Makes another node the primary without losing a transaction: the one named, or the replica that is furthest ahead.
    ///
    /// The balancer's agent does the whole of it, so that pgbc may die meanwhile. Refused with reasons when the replica is not fit.
    @discardableResult
    public func switchover(
        _ balancer: String,
        of cluster: String,
        to name: String?,
        seconds: Int = Step.switchoverLimit
    ) async throws -> Plan {
        let plan = try await operate(on: cluster) { observed in
            let scene = try Scene(observed, balancer: balancer, to: "switch \(balancer) over")
            return try scene.switchover(to: name, seconds: seconds)
        }
        try await verifySwitch(plan, balancer, of: cluster)
        return plan
    }

    /// Makes another node the primary although the old one cannot take part. What no replica had received is lost, so it is
    /// done only with `force`; without, it is refused with a statement of what may be lost.
    @discardableResult
    public func failover(
        _ balancer: String,
        of cluster: String,
        to name: String?,
        force: Bool
    ) async throws -> Plan {
        let plan = try await operate(on: cluster) { observed in
            let scene = try Scene(observed, balancer: balancer, to: "fail \(balancer) over")
            return try scene.failover(to: name, force: force)
        }
        try await verifySwitch(plan, balancer, of: cluster)
        return plan
    }

    /// What a forced failover may lose, in words, without doing anything.
    public func failoverRisk(_ balancer: String, of cluster: String, to name: String?) async throws -> String {
        let observed = try await existing(cluster, depth: .full)
        let scene = try Scene(observed, balancer: balancer, to: "fail \(balancer) over")
        return try scene.risk(of: try scene.failoverTarget(name))
    }

    /// Makes this replica the primary, by a switchover; refused while the old primary does not take part.
    @discardableResult
    public func promote(_ target: Target, seconds: Int = Step.switchoverLimit) async throws -> Plan {
        let plan = try await operate(on: target.cluster) { observed in
            let scene = try Scene(observed, balancer: target.balancer, to: "promote \(target.name)")
            guard scene.balancer.primary != nil else {
                throw scene.refused(
                    "\(target.balancer) has no primary that could hand over",
                    "pgbc failover --force makes a replica the primary without it"
                )
            }
            return try scene.switchover(to: target.name, seconds: seconds)
        }
        try await verifySwitch(plan, target.balancer, of: target.cluster)
        return plan
    }

    /// An acknowledgement proves nothing: looks again who is primary.
    private func verifySwitch(_ plan: Plan, _ balancer: String, of cluster: String) async throws {
        var wanted: Int?
        for step in plan.steps {
            switch step.action {
            case .switchover(_, let to, _), .failover(_, let to): wanted = to
            default: continue
            }
        }
        guard let wanted else { return }
        let seen = try await existing(cluster, depth: .full).balancer(balancer)
        guard seen?.primary?.spec.id != wanted else { return }
        throw ClusterError(
            .verificationFailed,
            operation: "see \(seen?.spec.nodes.first { $0.id == wanted }?.host ?? "node \(wanted)") as primary",
            message: seen?.primary.map { "PostgreSQL says that it is \($0.spec.host)" }
                ?? "PostgreSQL says of no node, or of several, that it is the primary",
            advice: "pgbc status \(cluster)"
        )
    }
}

extension Scene {
    func switchover(to name: String?, seconds: Int) throws -> Plan {
        try requireControl(.failover)
        guard let old = balancer.primary else {
            throw refused("\(self.name) has no primary now", "pgbc failover --force makes a replica the primary")
        }
        let target = try name.map { try node($0) } ?? furthestAhead(after: old)
        if target.spec.id == old.spec.id { return plan }
        try requireFit(target, after: old)
        var plan = plan
        plan.addSwitchover(
            of: self.name,
            from: old.spec,
            to: target.spec,
            because: "it was asked for",
            seconds: seconds
        )
        plan.addStreaming(of: old.spec, in: self.name, after: ["switchover:\(self.name)"])
        if view(of: old)?.isInMaintenance != true {
            plan.addAttached(old.spec, to: self.name, after: ["streaming:\(self.name):\(old.spec.id)"])
        }
        return plan
    }

    func failover(to name: String?, force: Bool) throws -> Plan {
        try requireControl(.failover)
        let target = try failoverTarget(name)
        guard force else {
            throw refused(
                try risk(of: target),
                balancer.primary == nil
                    ? "give --force to go on"
                    : "the primary answers: use pgbc switchover, which loses nothing; or give --force"
            )
        }
        var plan = plan
        plan.notes.append(try risk(of: target))
        plan.add(
            "failover:\(self.name)",
            .failover(balancer: self.name, to: target.spec.id),
            "make \(target.spec.host) the primary of \(self.name) without the old one",
            because: "it was forced"
        )
        return plan
    }

    /// The replica that is named, or the one that has received most.
    func failoverTarget(_ name: String?) throws -> ObservedNode {
        if let name {
            let target = try node(name)
            guard target.postgres?.role == .replica else {
                throw refused("\(target.spec.host) is not a replica that answers")
            }
            return target
        }
        let fit = balancer.replicas.max { ($0.postgres?.position ?? 0) < ($1.postgres?.position ?? 0) }
        guard let fit else { throw refused("\(self.name) has no replica that answers") }
        return fit
    }

    /// What a failover to this node may lose.
    func risk(of target: ObservedNode) throws -> String {
        if balancer.spec.sync > 0 {
            return "with sync = \(balancer.spec.sync) a replica has every acknowledged transaction, "
                + "unless writes were degraded or the replicas that had them are gone"
        }
        guard let behind = target.lagBytes(in: balancer) else {
            return
                "every transaction that \(target.spec.host) had not received when the primary stopped answering is lost; "
                + "how many, only the primary knows"
        }
        return
            "every transaction that \(target.spec.host) has not received is lost; it is \(behind.byteText) behind now"
    }

    private func furthestAhead(after old: ObservedNode) throws -> ObservedNode {
        if let next = balancer.successor(of: old.spec.id),
            let node = balancer.nodes.first(where: { $0.spec.id == next.id })
        {
            return node
        }
        let others = balancer.nodes.filter { $0.spec.id != old.spec.id }
        throw refused(
            others.isEmpty ? "\(name) has no replica" : "no replica of \(name) is fit to take over",
            others.isEmpty ? "pgbc add-replica first" : nil,
            details: others.compactMap { unfitness(of: $0, after: old).map { "\($0)" } }
        )
    }

    private func requireFit(_ node: ObservedNode, after old: ObservedNode) throws {
        guard let reason = unfitness(of: node, after: old) else { return }
        throw refused(reason, "pgbc status tells more; name another node, or leave out --to")
    }

    /// Why a node cannot take over; `nil` when it can.
    private func unfitness(of node: ObservedNode, after old: ObservedNode) -> String? {
        let name = node.spec.host
        guard let postgres = node.postgres else { return "\(name) does not answer" }
        guard postgres.role == .replica else { return "\(name) is not a replica" }
        guard postgres.isStreaming else { return "\(name) does not stream from \(old.spec.host)" }
        if view(of: node)?.isInMaintenance == true { return "\(name) is out for maintenance" }
        if postgres.timeline != old.postgres?.timeline { return "\(name) is on another timeline than \(old.spec.host)" }
        let behind = node.lagBytes(in: balancer) ?? 0
        guard behind > Self.largestLag else { return nil }
        return "\(name) is \(behind.byteText) behind, and clients would have to wait until it has caught up"
    }

    /// More WAL than this takes longer to replay than clients should be held.
    private static let largestLag = 256 << 20
}
