extension Topology {
    /// The image of nodes when a topology names none: built by `pgbc images build`.
    public static let defaultNodeImage = "pgbc/postgres:15"
    /// The image of balancers when a topology names none: built by `pgbc images build`.
    public static let defaultBalancerImage = "pgbc/balancer:4.3"

    /// The image of nodes that name none of their own.
    public var nodeImage: String { image ?? Self.defaultNodeImage }

    /// The node with its image settled, as its container is made.
    public func resolved(_ node: NodeSpec) -> NodeSpec {
        var node = node
        node.image = node.image ?? nodeImage
        return node
    }

    /// The balancer with its image settled, as its container is made.
    public func resolved(_ balancer: BalancerSpec) -> BalancerSpec {
        var balancer = balancer
        balancer.image = balancer.image ?? Self.defaultBalancerImage
        return balancer
    }
}
