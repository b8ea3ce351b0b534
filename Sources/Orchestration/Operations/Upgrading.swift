public import ClusterModel

extension Orchestrator {
    /// Takes a balancer's nodes to another major version of PostgreSQL. First everything is checked beside the running servers; what speaks
    /// against it is refused, and nothing has changed then. When the new primary does not come up, the old images and the old data are
    /// put back. The old data is kept until `commitUpgrade`. An upgrade that was cut is carried on; after one that is complete nothing is done.
    ///
    /// - Parameter seconds: How long clients may be held, where they can be.
    @discardableResult
    public func upgrade(
        _ balancer: String,
        of cluster: String,
        to image: String,
        seconds: Int = 300
    ) async throws -> Plan {
        try await holding(cluster) { observed, lock in
            let scene = try Scene(observed, balancer: balancer, to: "upgrade \(balancer) to \(image)")
            let begun = try scene.readableUpgrade()
            // A run that was cut right at its end asks again for what is there.
            if let begun, begun.phase == .complete, begun.to == image { return scene.plan }
            if let begun, begun.isUnfinished, begun.to != image || ![.begun, .serving].contains(begun.phase) {
                throw scene.refused("an upgrade to \(begun.to) is \(begun.phase.rawValue)", begun.wayOn)
            }
            let record = begun?.isUnfinished == true ? begun : nil
            let upgrade = if let record { record } else { try await checkedUpgrade(scene, to: image, lock) }
            return try await carryOut(upgrade, balancer, observed, lock, seconds)
        }
    }

    /// Puts the old images and the old data back. What was written since the upgrade is lost.
    @discardableResult
    public func undoUpgrade(_ balancer: String, of cluster: String, seconds: Int = 300) async throws -> Plan {
        try await holding(cluster) { observed, lock in
            let scene = try Scene(observed, balancer: balancer, to: "take the upgrade of \(balancer) back")
            guard let upgrade = try scene.readableUpgrade() else {
                throw scene.refused("there is no upgrade of \(balancer), or it was committed")
            }
            guard upgrade.phase != .committing else {
                throw scene.refused("it was committed: the old data is being removed")
            }
            guard let primary = scene.balancer.nodes.first(where: { $0.spec.id == upgrade.node }), primary.hasVolume
            else {
                throw scene.refused("the node whose volume holds the old data is gone")
            }
            return try await takeBack(upgrade, balancer, observed, lock, seconds)
        }
    }

    /// Removes the old data; there is no way back afterwards.
    @discardableResult
    public func commitUpgrade(_ balancer: String, of cluster: String) async throws -> Plan {
        try await operate(on: cluster) { observed in
            let scene = try Scene(observed, balancer: balancer, to: "commit the upgrade of \(balancer)")
            guard let upgrade = try scene.readableUpgrade() else {
                throw scene.refused("there is no upgrade of \(balancer), or it was committed already")
            }
            guard [.complete, .committing].contains(upgrade.phase) else {
                throw scene.refused("the upgrade to \(upgrade.to) is not complete", upgrade.wayOn)
            }
            return scene.carryingOn(upgrade.at(.committing), in: observed, seconds: 0)
        }
    }

    /// Looks at the image and at the running servers; throws with every reason that speaks against the upgrade.
    private func checkedUpgrade(_ scene: Scene, to image: String, _ lock: ClusterLock) async throws -> UpgradeRecord {
        let upgrade = try await proposedUpgrade(scene, to: image)
        var plan = scene.plan
        plan.add(
            "check:\(scene.name)",
            .checkUpgrade(balancer: scene.name, upgrade),
            "check whether \(scene.name) can go from PostgreSQL \(upgrade.fromMajor) to \(upgrade.toMajor)",
            because: "what speaks against it has to be known before anything stops"
        )
        try await run(plan, lock)
        return upgrade
    }

    private func proposedUpgrade(_ scene: Scene, to image: String) async throws -> UpgradeRecord {
        try scene.requireControl(.failover)
        guard scene.balancer.upgrade == nil else {
            throw scene.refused(
                "the last upgrade of \(scene.name) is neither committed nor taken back",
                "pgbc upgrade --commit, or --rollback"
            )
        }
        guard let primary = scene.balancer.primary, scene.balancer.record?.node == primary.spec.id,
            let old = primary.postgres?.major
        else { throw scene.refused("\(scene.name) has no primary that answers") }
        guard let new = try await version(of: image)?.majorVersion else {
            throw scene.refused("which PostgreSQL \(image) holds cannot be told")
        }
        guard new > old else {
            throw scene.refused(
                "\(image) holds PostgreSQL \(new), and \(scene.name) runs \(old): only a later version can read its data"
            )
        }
        let images = scene.balancer.nodes.compactMap { node in node.spec.image.map { (node.spec.id, $0) } }
        return UpgradeRecord(
            from: Dictionary(images) { first, _ in first },
            to: image,
            fromMajor: old,
            toMajor: new,
            node: primary.spec.id
        )
    }

    private func carryOut(
        _ upgrade: UpgradeRecord,
        _ balancer: String,
        _ observed: ObservedCluster,
        _ lock: ClusterLock,
        _ seconds: Int
    ) async throws -> Plan {
        let scene = try Scene(observed, balancer: balancer, to: "upgrade \(balancer) to \(upgrade.to)")
        var plan = scene.carryingOn(upgrade, in: observed, seconds: seconds)
        plan.notes += scene.statement(of: upgrade, seconds: seconds)
        do {
            try await run(plan, lock)
            return plan
        } catch {
            guard !Task.isCancelled else { throw error }
            throw await outcome(of: upgrade, scene, after: error, lock, seconds)
        }
    }

    /// What is told of an upgrade that failed. It is taken back first, unless clients may have written.
    private func outcome(
        of upgrade: UpgradeRecord,
        _ scene: Scene,
        after failure: any Error,
        _ lock: ClusterLock,
        _ seconds: Int
    ) async -> any Error {
        do {
            let now = try await existing(scene.topology.name, depth: .full)
            let left = try Scene(now, balancer: scene.name, to: "go back").readableUpgrade()
            guard let left else { return failure }
            guard left.phase == .begun else { return scene.kept(left, after: failure) }
            events.receive(.note("the new primary has not come up: putting the old images and the old data back"))
            _ = try await takeBack(left, scene.name, now, lock, seconds)
            return scene.takenBack(upgrade, after: failure)
        } catch {
            return Task.isCancelled ? error : scene.stuck(after: failure, error)
        }
    }

    private func takeBack(
        _ upgrade: UpgradeRecord,
        _ balancer: String,
        _ observed: ObservedCluster,
        _ lock: ClusterLock,
        _ seconds: Int
    ) async throws -> Plan {
        let scene = try Scene(observed, balancer: balancer, to: "take the upgrade of \(balancer) back")
        let plan = scene.carryingOn(upgrade.at(.undoing), in: observed, seconds: seconds)
        try await run(plan, lock)
        return plan
    }
}

extension Scene {
    /// What is left to be done of an upgrade in that phase.
    fileprivate func carryingOn(_ upgrade: UpgradeRecord, in observed: ObservedCluster, seconds: Int) -> Plan {
        var observed = observed
        for index in observed.balancers.indices where observed.balancers[index].spec.name == name {
            observed.balancers[index].upgrade = upgrade
        }
        return Planner(desired: topology, observed: observed, prune: false, upgradeSeconds: seconds).plan()
    }

    /// What is about to happen, and what clients see of it.
    fileprivate func statement(of upgrade: UpgradeRecord, seconds: Int) -> [String] {
        let primary = balancer.nodes.first { $0.spec.id == upgrade.node }?.spec.host ?? "node \(upgrade.node)"
        let others = balancer.nodes.count - 1
        let clients =
            balancer.spec.hold
            ? "its clients wait, \(seconds) s at most," : "its clients are refused (hold is off)"
        return [
            "\(name) goes from PostgreSQL \(upgrade.fromMajor) to \(upgrade.toMajor): \(clients) while all of its nodes stop and the "
                + "data of \(primary) is copied and upgraded",
            "then \(primary) takes writes again"
                + (others > 0
                    ? ", and \(others == 1 ? "the other node is" : "\(others) other nodes are") cloned from it" : "")
                + "; the old data stays until pgbc upgrade --commit, and --rollback goes back to it",
        ]
    }

    fileprivate func takenBack(_ upgrade: UpgradeRecord, after failure: any Error) -> ClusterError {
        let cause = failure as? ClusterError
        return ClusterError(
            .failed,
            operation: operation,
            message: "it failed and was taken back, PostgreSQL \(upgrade.fromMajor) runs again: \(failure.cause)",
            advice: cause?.advice,
            details: cause?.details ?? []
        )
    }

    fileprivate func kept(_ upgrade: UpgradeRecord, after failure: any Error) -> ClusterError {
        let cause = failure as? ClusterError
        return ClusterError(
            .failed,
            operation: operation,
            message:
                "PostgreSQL \(upgrade.toMajor) has accepted writes, so it was not taken back; what is left failed: "
                + failure.cause,
            advice:
                "pgbc upgrade --image \(upgrade.to) goes on; pgbc upgrade --rollback goes back and loses those writes",
            details: cause?.details ?? []
        )
    }

    /// Neither the upgrade nor its undoing came to its end.
    fileprivate func stuck(after failure: any Error, _ second: any Error) -> ClusterError {
        let causes = [failure, second].compactMap { $0 as? ClusterError }
        return ClusterError(
            .failed,
            operation: operation,
            message: "it failed: \(failure.cause); and taking it back failed: \(second.cause)",
            advice: (causes.compactMap(\.advice) + ["then pgbc upgrade --rollback goes on taking it back"])
                .joined(separator: "; "),
            details: causes.flatMap(\.details)
        )
    }
}

extension Error {
    /// What went wrong, on what.
    fileprivate var cause: String {
        (self as? ClusterError).map { "\($0.operation): \($0.message)" } ?? "\(self)"
    }
}

extension PostgresView {
    /// The major version.
    var major: Int? { version.majorVersion }
}
