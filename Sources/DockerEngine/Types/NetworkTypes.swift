/// What a network is to be made of.
public struct NetworkConfig: Sendable, Equatable {
    /// The network's name.
    public var name: String
    /// The IPv4 range, as in `172.20.0.0/16`; nil to have one chosen.
    public var subnet: String?
    /// The gateway inside the subnet; nil to have one chosen.
    public var gateway: String?
    /// The network's labels.
    public var labels: [String: String]
    /// `bridge`, or `overlay` on a swarm.
    public var driver = "bridge"
    /// Cuts the network off from the outside.
    public var isInternal = false
    /// Lets single containers join an overlay network.
    public var isAttachable = false

    /// A bridge network.
    public init(name: String, subnet: String? = nil, gateway: String? = nil, labels: [String: String] = [:]) {
        self.name = name
        self.subnet = subnet
        self.gateway = gateway
        self.labels = labels
    }
}

extension NetworkConfig: Encodable {
    /// Writes the body of `POST /networks/create`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode(name, forKey: "Name")
        // Engines before API 1.44 allow two networks of one name unless told not to.
        try fields.encode(true, forKey: "CheckDuplicate")
        try fields.encode(driver, forKey: "Driver")
        try fields.encode(isInternal, forKey: "Internal")
        try fields.encode(isAttachable, forKey: "Attachable")
        try fields.put(nonEmpty: labels, "Labels")
        var range: [String: String] = [:]
        range["Subnet"] = subnet
        range["Gateway"] = gateway
        guard !range.isEmpty else { return }
        var addresses = fields.object("IPAM")
        try addresses.encode([range], forKey: "Config")
    }
}

/// All that is known about one network.
public struct NetworkDetails: Sendable, Equatable {
    /// A range of addresses of a network.
    public struct Subnet: Sendable, Equatable {
        /// The range, as in `172.20.0.0/16`.
        public var range: String
        /// The gateway; nil where the engine does not tell.
        public var gateway: String?
    }

    /// A container in a network.
    public struct Member: Sendable, Equatable {
        /// The container's name.
        public var name: String
        /// Its address with the prefix length, as in `172.20.0.2/16`.
        public var ipv4Address: String
    }

    /// The full ID.
    public var id: String
    /// The network's name.
    public var name: String
    /// `bridge`, `overlay`, `host`, …
    public var driver: String
    /// `local` or `swarm`.
    public var scope: String
    /// Its address ranges.
    public var subnets: [Subnet]
    /// The network's labels.
    public var labels: [String: String]
    /// The running containers in it, by ID; empty in a list.
    public var containers: [String: Member]
}

extension NetworkDetails: Decodable {
    /// Reads `GET /networks/{id}`, or one element of `GET /networks`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        id = try fields.value("Id")
        name = try fields.value("Name")
        driver = try fields.value("Driver", or: "")
        scope = try fields.value("Scope", or: "")
        subnets = try fields.object("IPAM")?.value("Config", or: []) ?? []
        labels = try fields.value("Labels", or: [:])
        containers = try fields.value("Containers", or: [:])
    }
}

extension NetworkDetails.Subnet: Decodable {
    /// Reads one element of `IPAM.Config`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        range = try fields.value("Subnet", or: "")
        gateway = try fields.decodeIfPresent(String.self, forKey: "Gateway")
    }
}

extension NetworkDetails.Member: Decodable {
    /// Reads one value of `Containers`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        name = try fields.value("Name", or: "")
        ipv4Address = try fields.value("IPv4Address", or: "")
    }
}
