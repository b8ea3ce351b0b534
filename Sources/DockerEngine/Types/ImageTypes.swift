/// One row of the image list.
public struct ImageSummary: Sendable, Equatable, Decodable {
    /// The image's ID, `sha256:…`.
    public var id: String
    /// Its names with tags; empty for an unnamed one.
    public var tags: [String]
    /// The image's labels.
    public var labels: [String: String]
    /// When it was made, in seconds since 1970.
    public var created: Int
    /// Its size in bytes, shared layers included.
    public var size: Int

    /// Reads one element of `GET /images/json`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        id = try fields.value("Id")
        tags = try fields.value("RepoTags", or: []).filter { $0 != "<none>:<none>" }
        labels = try fields.value("Labels", or: [:])
        created = try fields.value("Created", or: 0)
        size = try fields.value("Size", or: 0)
    }
}

/// All that is known about one image.
public struct ImageDetails: Sendable, Equatable, Decodable {
    /// The image's ID, `sha256:…`.
    public var id: String
    /// Its names with tags.
    public var tags: [String]
    /// When it was made, as RFC 3339.
    public var created: String
    /// Its size in bytes, shared layers included.
    public var size: Int
    /// The processor it is for, as in `amd64`.
    public var architecture: String
    /// The system it is for, as in `linux`.
    public var os: String
    /// The image's labels.
    public var labels: [String: String]
    /// The environment, `NAME=VALUE`.
    public var environment: [String]
    /// The entry point.
    public var entrypoint: [String]
    /// The command.
    public var command: [String]
    /// The user; empty for root.
    public var user: String
    /// The ports it exposes.
    public var exposedPorts: [ContainerPort]
    /// The paths it declares as volumes.
    public var volumes: [String]
    /// The signal that asks it to stop; nil for SIGTERM.
    public var stopSignal: String?

    /// Reads `GET /images/{name}/json`.
    public init(from decoder: any Decoder) throws {
        struct Nothing: Decodable {}
        let fields = try decoder.fields()
        id = try fields.value("Id")
        tags = try fields.value("RepoTags", or: [])
        created = try fields.value("Created", or: "")
        size = try fields.value("Size", or: 0)
        architecture = try fields.value("Architecture", or: "")
        os = try fields.value("Os", or: "")

        let config = try fields.object("Config")
        labels = try config?.value("Labels", or: [:]) ?? [:]
        environment = try config?.value("Env", or: []) ?? []
        entrypoint = try config?.value("Entrypoint", or: []) ?? []
        command = try config?.value("Cmd", or: []) ?? []
        user = try config?.value("User", or: "") ?? ""
        let ports: [String: Nothing] = try config?.value("ExposedPorts", or: [:]) ?? [:]
        exposedPorts = ports.keys.sorted().compactMap { ContainerPort($0) }
        let paths: [String: Nothing] = try config?.value("Volumes", or: [:]) ?? [:]
        volumes = paths.keys.sorted()
        stopSignal = try config?.decodeIfPresent(String.self, forKey: "StopSignal")
    }
}
