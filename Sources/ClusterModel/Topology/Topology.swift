/// What a cluster shall be: everything named, placed and numbered.
///
/// A topology comes from `load(_:source:host:running:)`, which fills in what its document leaves out and refuses what
/// could not work; `document` writes it back.
public struct Topology: Sendable, Equatable {
    /// Begins the names of containers and volumes; one cluster of a name per engine.
    public var name: String
    /// The one network that all containers of the cluster are on.
    public var network: NetworkSpec
    /// The host address that ports are published on: `127.0.0.1` unless the document says otherwise.
    public var bindAddress: String
    /// The image of nodes that name none of their own; nil for the default.
    public var image: String?
    /// postgresql.conf settings for all nodes, as declared. `NodeSpec.settings` has them merged in already.
    public var settings: [String: String]
    /// At least one.
    public var balancers: [BalancerSpec]

    /// A topology as it stands: nothing is checked or filled in here.
    public init(
        name: String,
        network: NetworkSpec,
        bindAddress: String = Topology.defaultBindAddress,
        image: String? = nil,
        settings: [String: String] = [:],
        balancers: [BalancerSpec]
    ) {
        self.name = name
        self.network = network
        self.bindAddress = bindAddress
        self.image = image
        self.settings = settings
        self.balancers = balancers
    }

    /// The name of a cluster whose document has none.
    public static let defaultName = "pgbc"
    /// Ports are for this host only unless a document says otherwise.
    public static let defaultBindAddress = "127.0.0.1"

    /// The balancer of this name.
    public func balancer(_ name: String) -> BalancerSpec? {
        balancers.first { $0.name == name }
    }
}

/// The Docker network that all containers of a cluster share.
public struct NetworkSpec: Sendable, Equatable, Codable {
    /// Unique on the engine.
    public var name: String
    /// Holds the address of every container of the cluster.
    public var subnet: Subnet
    /// The address of the host in the network.
    public var gateway: IPv4Address

    /// The gateway is the subnet's first host address unless given.
    public init(name: String, subnet: Subnet, gateway: IPv4Address? = nil) {
        self.name = name
        self.subnet = subnet
        self.gateway = gateway ?? subnet.defaultGateway
    }
}
