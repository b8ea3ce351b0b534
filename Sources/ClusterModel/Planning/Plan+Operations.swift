extension Plan {
    /// The primary of the moment hands over.
    public mutating func addSwitchover(
        of balancer: String,
        from old: NodeSpec?,
        to new: NodeSpec?,
        because cause: String,
        seconds: Int = Step.switchoverLimit,
        after dependencies: [String] = []
    ) {
        let way = "\(old.map { " from \($0.host)" } ?? "") to \(new?.host ?? "the replica that is furthest ahead")"
        add(
            "switchover:\(balancer)",
            .switchover(balancer: balancer, to: new?.id, seconds: seconds),
            "switch \(balancer) over\(way)",
            because: cause,
            after: dependencies
        )
    }

    /// The balancer lets go of a node; it stays out until it is put back.
    public mutating func addDetach(
        of node: NodeSpec,
        from balancer: String,
        because cause: String,
        after dependencies: [String] = []
    ) {
        add(
            "detach:\(balancer):\(node.id)",
            .detach(balancer: balancer, node: node.id),
            "take \(node.host) out of \(balancer)",
            because: cause,
            after: dependencies
        )
    }

    /// The balancer takes a node again, once it has caught up.
    public mutating func addAttach(
        of node: NodeSpec,
        to balancer: String,
        because cause: String,
        after dependencies: [String] = []
    ) {
        add(
            "attach:\(balancer):\(node.id)",
            .attach(balancer: balancer, node: node.id),
            "put \(node.host) back into \(balancer)",
            because: cause,
            after: dependencies
        )
    }

    /// A container is started.
    public mutating func addStart(_ name: String, because cause: String, after dependencies: [String] = []) {
        add("start:\(name)", .start(container: name), "start \(name)", because: cause, after: dependencies)
    }

    /// A node reads its settings again.
    public mutating func addReload(
        of node: NodeSpec,
        in balancer: String,
        because cause: String,
        after dependencies: [String] = []
    ) {
        add(
            "reload:\(balancer):\(node.id)",
            .reloadNode(balancer: balancer, node: node.id),
            "have \(node.host) read its settings",
            because: cause,
            after: dependencies
        )
    }

    /// A balancer reads its parameters again.
    public mutating func addReload(of balancer: String, because cause: String, after dependencies: [String] = []) {
        add(
            "reload:\(balancer)",
            .reloadBalancer(balancer: balancer),
            "have \(balancer) read its parameters",
            because: cause,
            after: dependencies
        )
    }

    /// Waits until a balancer accepts a write.
    public mutating func addWriteWait(on balancer: String, because cause: String, after dependencies: [String] = []) {
        add(
            "balancer:\(balancer)",
            .awaitBalancer(balancer: balancer),
            "wait until \(balancer) accepts a write",
            because: cause,
            after: dependencies
        )
    }

    /// Waits until a node streams, or is the primary.
    public mutating func addStreaming(of node: NodeSpec, in balancer: String, after dependencies: [String]) {
        add(
            "streaming:\(balancer):\(node.id)",
            .awaitStreaming(balancer: balancer, node: node.id),
            "wait until \(node.host) streams",
            because: "a replica counts when it replicates",
            after: dependencies
        )
    }

    /// Waits until the balancer itself shows a node up.
    public mutating func addAttached(_ node: NodeSpec, to balancer: String, after dependencies: [String]) {
        add(
            "attached:\(balancer):\(node.id)",
            .awaitAttached(balancer: balancer, node: node.id),
            "wait until \(balancer) shows \(node.host) up",
            because: "it is to receive reads",
            after: dependencies
        )
    }
}

extension Step {
    /// How long clients are held, and a switchover may take, unless told otherwise: seconds.
    public static let switchoverLimit = 10
}

extension ObservedBalancer {
    /// True when it runs, answers, and lets go of a node when it is told.
    public var isControllable: Bool { container?.state == .running && pool != nil && spec.driver.can(.attach) }

    /// True when it runs, answers, and makes another node the primary when it is told.
    public var canSwitch: Bool { container?.state == .running && pool != nil && spec.driver.can(.failover) }

    /// The replica that would take over from `primary`: streaming, not taken out by hand, furthest ahead; of `ids` only.
    public func successor(of primary: Int, among ids: Set<Int>? = nil) -> NodeSpec? {
        let fit = nodes.filter { node in
            guard node.spec.id != primary, ids?.contains(node.spec.id) != false else { return false }
            let isOut = pool?.nodes.first { $0.id == node.spec.id }?.isInMaintenance == true
            return node.postgres?.role == .replica && node.postgres?.isStreaming == true && !isOut
        }
        return fit.max { ($0.postgres?.position ?? 0, $1.spec.id) < ($1.postgres?.position ?? 0, $0.spec.id) }?.spec
    }

    /// Who is primary now: as PostgreSQL says it, or else as the containers hold it.
    public var primaryID: Int? { primary?.spec.id ?? record?.node }
}
