/// What `GET /version` tells.
public struct EngineVersion: Sendable, Equatable, Decodable {
    /// The engine's release, as in `20.10.24`.
    public var version: String
    /// The newest API it speaks, as in `1.41`.
    public var apiVersion: String
    /// The oldest API it speaks.
    public var minimumAPIVersion: String
    /// The engine's host: `linux`, `amd64`.
    public var os: String
    /// The host's processor, as in `amd64`.
    public var architecture: String

    /// Reads `GET /version`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        version = try fields.value("Version", or: "")
        apiVersion = try fields.value("ApiVersion", or: "")
        minimumAPIVersion = try fields.value("MinAPIVersion", or: "")
        os = try fields.value("Os", or: "")
        architecture = try fields.value("Arch", or: "")
    }
}

/// What `GET /info` tells about the engine and its host.
public struct EngineInfo: Sendable, Equatable, Decodable {
    /// The engine's release, as in `20.10.24`.
    public var serverVersion: String
    /// The storage driver, as in `overlay2`.
    public var driver: String
    /// `1` or `2`; empty where the engine does not tell.
    public var cgroupVersion: String
    /// The host's processors.
    public var cpus: Int
    /// The host's memory in bytes.
    public var memory: Int
    /// Where the engine keeps images, containers and volumes.
    public var rootDirectory: String
    /// The host's system, as in `Debian GNU/Linux 12 (bookworm)`.
    public var operatingSystem: String
    /// The host's processor, as in `x86_64`.
    public var architecture: String
    /// The engine's host name.
    public var name: String
    /// How many containers run.
    public var containersRunning: Int
    /// `active`, `inactive`, … in a swarm.
    public var swarmState: String
    /// The engine's own warnings.
    public var warnings: [String]

    /// Reads `GET /info`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        serverVersion = try fields.value("ServerVersion", or: "")
        driver = try fields.value("Driver", or: "")
        cgroupVersion = try fields.value("CgroupVersion", or: "")
        cpus = try fields.value("NCPU", or: 0)
        memory = try fields.value("MemTotal", or: 0)
        rootDirectory = try fields.value("DockerRootDir", or: "")
        operatingSystem = try fields.value("OperatingSystem", or: "")
        architecture = try fields.value("Architecture", or: "")
        name = try fields.value("Name", or: "")
        containersRunning = try fields.value("ContainersRunning", or: 0)
        swarmState = try fields.object("Swarm")?.value("LocalNodeState", or: "") ?? ""
        warnings = try fields.value("Warnings", or: [])
    }
}
