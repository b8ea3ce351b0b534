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
    /// The driver that the topology names, or that claims the image; `nil` where the image tells it apart among pgbc's own.
    public var namedDriver: BalancerDriver?
    /// Balancer parameters (`config` in JSON; `pool` or `config` in Lua); switches are written `on` and `off`.
    public var parameters: [String: String]
    /// postgresql.conf settings for the nodes of this balancer, as declared. `NodeSpec.settings` has them merged in
    /// already.
    public var settings: [String: String]
    /// Whether planned operations hold clients back instead of cutting them, by a pooler in front of the balancer.
    public var hold: Bool
    /// How many replicas have to have a transaction before it counts as committed; 0 for none.
    public var sync: Int
    /// What happens to writes when fewer replicas than `sync` are left.
    public var whenShort: ShortOfReplicas
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
        driver: BalancerDriver? = nil,
        parameters: [String: String] = [:],
        settings: [String: String] = [:],
        hold: Bool = false,
        sync: Int = 0,
        whenShort: ShortOfReplicas = .wait,
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
        namedDriver = driver
        self.parameters = parameters
        self.settings = settings
        self.hold = hold
        self.sync = sync
        self.whenShort = whenShort
        self.primary = primary
        self.replicas = replicas
    }

    /// The primary first, then the replicas as declared.
    public var nodes: [NodeSpec] { [primary] + replicas }

    /// All ports that it and its nodes publish.
    public var ports: [Int] { [port, pcpPort, restPort] + nodes.map(\.port) }

    /// The program in the balancer's image.
    public var driver: BalancerDriver { namedDriver ?? BalancerDriver(image: image) }
}

extension BalancerSpec {
    /// Reads what was written; what an older pgbc did not write yet has the value that a topology without it has.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try values.decode(String.self, forKey: .name),
            containerName: try values.decode(String.self, forKey: .containerName),
            address: try values.decode(IPv4Address.self, forKey: .address),
            port: try values.decode(Int.self, forKey: .port),
            pcpPort: try values.decode(Int.self, forKey: .pcpPort),
            restPort: try values.decode(Int.self, forKey: .restPort),
            image: try values.decodeIfPresent(String.self, forKey: .image),
            driver: try values.decodeIfPresent(BalancerDriver.self, forKey: .namedDriver),
            parameters: try values.decode([String: String].self, forKey: .parameters),
            settings: try values.decode([String: String].self, forKey: .settings),
            hold: try values.decodeIfPresent(Bool.self, forKey: .hold) ?? false,
            sync: try values.decodeIfPresent(Int.self, forKey: .sync) ?? 0,
            whenShort: try values.decodeIfPresent(ShortOfReplicas.self, forKey: .whenShort) ?? .wait,
            primary: try values.decode(NodeSpec.self, forKey: .primary),
            replicas: try values.decode([NodeSpec].self, forKey: .replicas)
        )
    }
}

/// What happens to writes when fewer replicas are left than have to have each transaction.
public enum ShortOfReplicas: String, Sendable, Equatable, Codable, CaseIterable {
    /// They wait until there are enough again: nothing acknowledged can be lost.
    case wait
    /// They go on with those that are left: a failure at that moment can lose what was acknowledged.
    case degrade
}
