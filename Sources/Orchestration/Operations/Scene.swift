internal import ClusterModel

/// A balancer of an observed cluster, as an operation on it looks at it before it does anything.
struct Scene: Sendable {
    /// What the cluster was last asked to be.
    let topology: Topology
    let balancer: ObservedBalancer
    /// What is tried, for refusals: "restart replica1".
    let operation: String

    init(_ observed: ObservedCluster, balancer name: String, to operation: String) throws {
        guard let topology = observed.topology else { throw ClusterError.noTopology(observed.name) }
        guard let balancer = observed.balancer(name) else {
            throw ClusterError(
                .notFound,
                operation: operation,
                message: "\(observed.name) has no balancer \(name); it has "
                    + observed.balancers.map(\.spec.name).joined(separator: ", ")
            )
        }
        self.topology = topology
        self.balancer = balancer
        self.operation = operation
    }

    var name: String { balancer.spec.name }

    /// A plan without steps that leaves everything as it is wanted.
    var plan: Plan { Plan(cluster: topology.name, desired: topology) }

    /// The node of that host or container name.
    func node(_ name: String) throws -> ObservedNode {
        if let node = balancer.node(name) { return node }
        let names = balancer.nodes.map(\.spec.host)
        throw ClusterError(
            .notFound,
            operation: operation,
            message: name.nearest(in: names).map { "did you mean \($0)?" }
                ?? "\(self.name) has \(names.joined(separator: ", "))"
        )
    }

    func isPrimary(_ node: ObservedNode) -> Bool { balancer.primaryID == node.spec.id }

    /// The balancer's own view of a node.
    func view(of node: ObservedNode) -> PoolView.Node? { balancer.pool?.nodes.first { $0.id == node.spec.id } }

    /// True when the balancer can be told to let go of the node, and to take it again: it serves it, or did until an operation was cut.
    func isServed(_ node: ObservedNode) -> Bool {
        balancer.isControllable && (view(of: node)?.isServing == true || view(of: node)?.isAway == true)
    }

    func refused(_ reason: String, _ advice: String? = nil, details: [String] = []) -> ClusterError {
        ClusterError(.conflict, operation: operation, message: reason, advice: advice, details: details)
    }

    /// Its major upgrade, when there is one. Throws when how far that is cannot be told.
    func readableUpgrade() throws -> UpgradeRecord? {
        guard let finding = balancer.unreadableUpgrade else { return balancer.upgrade }
        throw refused(finding.sentence, finding.advice)
    }

    /// Throws unless the balancer can be told to do that.
    func requireControl(_ capability: BalancerDriver.Capability) throws {
        let driver = balancer.spec.driver
        guard driver.can(capability) else {
            throw refused(
                "\(name) is \(driver.program), which cannot \(capability.words)",
                "use pgbc's own balancer image for this"
            )
        }
        guard let container = balancer.container, container.state == .running else {
            throw refused(
                "balancer \(name) is \(balancer.container?.state.rawValue ?? "not there")",
                "pgbc apply first"
            )
        }
        guard balancer.pool != nil else {
            throw refused(
                "balancer \(name) does not answer\(balancer.poolError.map { ": \($0)" } ?? "")",
                "pgbc logs \(name) shows why"
            )
        }
        if let busy = balancer.operation { throw refused("\(name) is busy with a \(busy)", "wait until that is over") }
    }

    /// Throws unless clients can be held.
    func requireHold() throws {
        try requireControl(.hold)
        guard balancer.spec.hold else {
            throw refused("\(name) has no pooler that could hold clients", "switch it on: pgbc configure hold=true")
        }
    }

    /// Throws when the node is the primary of the moment and others depend on it.
    func requireNotPrimary(_ node: ObservedNode, hint: String = "") throws {
        guard isPrimary(node) else { return }
        let next = balancer.successor(of: node.spec.id)
        throw refused(
            "it is the primary of \(name) now",
            next.map { "pgbc switchover --to \($0.host) first\(hint)" }
                ?? "\(name) has no replica that could take over\(hint)"
        )
    }

    /// How many more replicas could be taken away before writes wait, when they would.
    func quorumNote(without node: ObservedNode) -> String? {
        let sync = balancer.spec.sync
        guard sync > 0, balancer.spec.whenShort == .wait, !isPrimary(node) else { return nil }
        let others = balancer.replicas.filter { $0.spec.id != node.spec.id && $0.postgres?.isStreaming == true }
        guard others.count < sync else { return nil }
        return "writes of \(name) wait while \(node.spec.host) is away: sync is \(sync)"
    }
}

extension BalancerDriver.Capability {
    /// What it is, behind "cannot".
    fileprivate var words: String {
        switch self {
        case .attach: "let go of a node, or take it back, when it is told"
        case .membership: "take nodes in while it runs"
        case .reload: "take over parameters while it runs"
        case .hold: "make clients wait"
        case .failover: "make another node the primary"
        }
    }
}
