/// One PostgreSQL server.
public struct NodeSpec: Sendable, Equatable, Identifiable, Codable {
    /// The balancer's number for this backend: 0 for the primary that a cluster starts with, 1 to 31 for the others.
    public var id: Int
    /// The name under which the containers of the cluster know it.
    public var host: String
    /// Host port; inside the network it is always 5432.
    public var port: Int
    /// Unique on the engine.
    public var containerName: String
    /// In the cluster's network.
    public var address: IPv4Address
    /// nil for the cluster's image.
    public var image: String?
    /// The share of reads relative to the other nodes; 0 for none.
    public var weight: Double
    /// postgresql.conf settings, those of the cluster and of the balancer merged in.
    public var settings: [String: String]

    /// A node as it stands: nothing is checked or filled in here.
    public init(
        id: Int,
        host: String,
        port: Int,
        containerName: String,
        address: IPv4Address,
        image: String? = nil,
        weight: Double = 1,
        settings: [String: String] = [:]
    ) {
        self.id = id
        self.host = host
        self.port = port
        self.containerName = containerName
        self.address = address
        self.image = image
        self.weight = weight
        self.settings = settings
    }

    /// The ids that a node can have. pgpool-II itself allows 128 backends.
    public static let ids = 0...31
}
