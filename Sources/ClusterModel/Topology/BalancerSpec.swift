/// One balancer with the primary and the replicas behind it.
public struct BalancerSpec: Sendable, Equatable, Codable {
    /// What commands and scripts call it; unique in the cluster.
    public var name: String
    /// Unique on the engine.
    public var containerName: String
    /// In the cluster's network.
    public var address: IPv4Address
    /// Host port for SQL.
    public var port: Int
    /// Host port for PCP.
    public var pcpPort: Int
    /// Host port for REST.
    public var restPort: Int
    /// nil for the default image.
    public var image: String?
    /// Balancer parameters (`config` in JSON; `pool` or `config` in Lua); switches are written `on` and `off`.
    public var parameters: [String: String]
    /// postgresql.conf settings for the nodes of this balancer, as declared. `NodeSpec.settings` has them merged in
    /// already.
    public var settings: [String: String]
    /// The node that the balancer's cluster starts with as its primary. Which one is now, PostgreSQL says.
    public var primary: NodeSpec
    /// At most 31, in the order in which they were declared.
    public var replicas: [NodeSpec]

    /// A balancer as it stands: nothing is checked or filled in here.
    public init(
        name: String,
        containerName: String,
        address: IPv4Address,
        port: Int,
        pcpPort: Int,
        restPort: Int,
        image: String? = nil,
        parameters: [String: String] = [:],
        settings: [String: String] = [:],
        primary: NodeSpec,
        replicas: [NodeSpec] = []
    ) {
        self.name = name
        self.containerName = containerName
        self.address = address
        self.port = port
        self.pcpPort = pcpPort
        self.restPort = restPort
        self.image = image
        self.parameters = parameters
        self.settings = settings
        self.primary = primary
        self.replicas = replicas
    }

    /// The primary first, then the replicas as declared.
    public var nodes: [NodeSpec] { [primary] + replicas }

    /// The program in the balancer's image.
    public var driver: BalancerDriver { BalancerDriver(image: image) }
}

/// Which program a balancer's image holds, and so how it is configured and controlled.
public enum BalancerDriver: String, Sendable, Equatable, CaseIterable {
    case pgpool
    case pgbalancer

    /// An image whose repository's last part starts with `pgbalancer` holds pgBalancer; any other, and none, pgpool-II.
    public init(image: String?) {
        let repository = image.flatMap(ImageReference.init)?.lastPart ?? ""
        self = repository.hasPrefix("pgbalancer") ? .pgbalancer : .pgpool
    }
}
