extension Topology {
    /// The image of nodes when a topology names none: built by `pgbc images build`.
    public static let defaultNodeImage = "pgbc/postgres:15"
    /// The image of balancers when a topology names none: built by `pgbc images build`.
    public static let defaultBalancerImage = "pgbc/balancer:4.3"

    /// The image of nodes that name none of their own.
    public var nodeImage: String { image ?? Self.defaultNodeImage }

    /// The node with its image settled, and with enough connections for its balancer's pool where it was told no number.
    public func resolved(_ node: NodeSpec) -> NodeSpec {
        var node = node
        node.image = node.image ?? nodeImage
        guard node.settings["max_connections"] == nil,
            let balancer = balancers.first(where: { $0.nodes.contains { $0.containerName == node.containerName } })
        else { return node }
        node.settings["max_connections"] = String(balancer.connectionsForPool)
        return node
    }

    /// The balancer with its image settled, as its container is made.
    public func resolved(_ balancer: BalancerSpec) -> BalancerSpec {
        var balancer = balancer
        balancer.image = balancer.image ?? balancer.driver.defaultImage ?? Self.defaultBalancerImage
        return balancer
    }
}

extension BalancerSpec {
    /// Each of its processes may hold `max_pool` connections to every node; the rest is for everybody else.
    fileprivate var connectionsForPool: Int {
        guard driver.parameters.isPooling else { return 100 }
        let (opened, overflow) = poolSize.children.multipliedReportingOverflow(by: poolSize.pools)
        return overflow ? 262_143 : min(max(100, opened + 20), 262_143)
    }

    /// True when a container made for `other` serves this one as it is: which nodes there are does not matter, nor what is
    /// told to a running balancer.
    public func isSameContainer(as other: BalancerSpec) -> Bool {
        var mine = self
        mine.primary = other.primary
        mine.replicas = other.replicas
        mine.settings = other.settings
        mine.sync = other.sync
        mine.whenShort = other.whenShort
        if driver.can(.reload) { mine.parameters = other.parameters }
        // What another version of a driver says of itself makes no other container.
        if driver.name == other.driver.name { mine.namedDriver = other.namedDriver }
        return mine == other
    }
}

extension NodeSpec {
    /// True when a container made for `other` serves this one as it is: settings and weight are told to a running node.
    public func isSameContainer(as other: NodeSpec) -> Bool {
        var mine = self
        mine.settings = other.settings
        mine.weight = other.weight
        return mine == other
    }
}
