/// One row of the container list.
public struct ContainerSummary: Sendable, Equatable {
    /// The full ID.
    public var id: String
    /// The names, without the leading slash; the container's own comes first.
    public var names: [String]
    /// The image's name as it was asked for.
    public var image: String
    /// The image's ID.
    public var imageID: String
    /// What the container is doing.
    public var state: ContainerState
    /// The engine's sentence about the state, as in `Up 2 minutes (healthy)`.
    public var status: String
    /// When it was created, in seconds since 1970.
    public var created: Int
    /// The container's labels.
    public var labels: [String: String]
    /// Published ports, and exposed ones without a host port; empty while it is stopped.
    public var ports: [PublishedPort]
    /// Its networks by name.
    public var networks: [String: NetworkEndpoint]
    /// Its volumes and other mounts.
    public var mounts: [MountPoint]

    /// The container's own name.
    public var name: String { names.first ?? id }
}

/// What a container is doing.
public struct ContainerState: Sendable, Hashable, RawRepresentable, Codable, CustomStringConvertible {
    /// The engine's word.
    public var rawValue: String

    /// A state by the engine's word for it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Created and never started.
    public static let created = ContainerState(rawValue: "created")
    /// Its process runs.
    public static let running = ContainerState(rawValue: "running")
    /// Its processes are frozen.
    public static let paused = ContainerState(rawValue: "paused")
    /// It ended, and the restart policy starts it again.
    public static let restarting = ContainerState(rawValue: "restarting")
    /// It is being removed.
    public static let removing = ContainerState(rawValue: "removing")
    /// It ended.
    public static let exited = ContainerState(rawValue: "exited")
    /// Its removal failed half-way.
    public static let dead = ContainerState(rawValue: "dead")

    /// The engine's word.
    public var description: String { rawValue }
}

/// A container's end of a network.
public struct NetworkEndpoint: Sendable, Equatable, Decodable {
    /// The network's ID; empty before the first start.
    public var networkID: String
    /// The address it has now; empty while the container is stopped.
    public var ipAddress: String
    /// The fixed address that was asked for.
    public var requestedIPv4Address: String?
    /// The gateway; empty while the container is stopped.
    public var gateway: String
    /// Its further names in the network.
    public var aliases: [String]

    /// Reads the shape of one of `NetworkSettings.Networks`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        networkID = try fields.value("NetworkID", or: "")
        ipAddress = try fields.value("IPAddress", or: "")
        requestedIPv4Address = try fields.object("IPAMConfig")?.decodeIfPresent(String.self, forKey: "IPv4Address")
        gateway = try fields.value("Gateway", or: "")
        aliases = try fields.value("Aliases", or: [])
    }
}

extension ContainerSummary: Decodable {
    /// Reads one element of `GET /containers/json`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        id = try fields.value("Id")
        let slashed: [String] = try fields.value("Names", or: [])
        names = slashed.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        image = try fields.value("Image", or: "")
        imageID = try fields.value("ImageID", or: "")
        state = try fields.value("State")
        status = try fields.value("Status", or: "")
        created = try fields.value("Created", or: 0)
        labels = try fields.value("Labels", or: [:])
        let listed: [ListedPort] = try fields.value("Ports", or: [])
        ports = listed.map(\.published)
        networks = try fields.object("NetworkSettings")?.value("Networks", or: [:]) ?? [:]
        mounts = try fields.value("Mounts", or: [])
    }
}
