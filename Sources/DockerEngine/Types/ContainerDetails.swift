/// All that is known about one container.
public struct ContainerDetails: Sendable, Equatable {
    /// The full ID.
    public var id: String
    /// The name, without the leading slash.
    public var name: String
    /// When it was created, as RFC 3339.
    public var created: String
    /// The image's ID.
    public var imageID: String
    /// The image's name as it was asked for.
    public var image: String
    /// What it is doing, and how it last ended.
    public var state: RunState
    /// How often the restart policy has started it.
    public var restartCount: Int
    /// When the engine starts it again.
    public var restartPolicy: RestartPolicy
    /// The container's labels and the image's.
    public var labels: [String: String]
    /// The environment, `NAME=VALUE`, the image's included.
    public var environment: [String]
    /// The entry point that is used.
    public var entrypoint: [String]
    /// The command that is used.
    public var command: [String]
    /// The host name inside.
    public var hostname: String
    /// The user; empty for root.
    public var user: String
    /// Whether it has a terminal.
    public var tty: Bool
    /// The ports it publishes now; empty while it is stopped.
    public var ports: [PublishedPort]
    /// The ports it was asked to publish.
    public var requestedPorts: [PublishedPort]
    /// Its networks by name.
    public var networks: [String: NetworkEndpoint]
    /// Its volumes and other mounts.
    public var mounts: [MountPoint]
    /// Lines added to its hosts file, `NAME:ADDRESS`.
    public var extraHosts: [String]
}

/// What a container is doing, and how it last ended.
public struct RunState: Sendable, Equatable {
    /// The state itself.
    public var status: ContainerState
    /// Whether its process lives; true while paused too.
    public var running: Bool
    /// Process 1's ID on the engine's host; 0 when it is not running.
    public var pid: Int
    /// The last exit code; 0 while it runs.
    public var exitCode: Int
    /// Why it could not be started; empty when it could.
    public var error: String
    /// Whether the kernel killed it for want of memory.
    public var oomKilled: Bool
    /// The last start, as RFC 3339; year 1 for never.
    public var startedAt: String
    /// The last end, as RFC 3339; year 1 for never.
    public var finishedAt: String
    /// `starting`, `healthy` or `unhealthy`; nil where there is no health check.
    public var health: String?
}

extension ContainerDetails: Decodable {
    /// Reads `GET /containers/{id}/json`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        id = try fields.value("Id")
        let slashed: String = try fields.value("Name")
        name = slashed.hasPrefix("/") ? String(slashed.dropFirst()) : slashed
        created = try fields.value("Created", or: "")
        imageID = try fields.value("Image", or: "")
        state = try fields.value("State")
        restartCount = try fields.value("RestartCount", or: 0)
        mounts = try fields.value("Mounts", or: [])

        let config = try fields.object("Config")
        image = try config?.value("Image", or: "") ?? ""
        labels = try config?.value("Labels", or: [:]) ?? [:]
        environment = try config?.value("Env", or: []) ?? []
        entrypoint = try config?.value("Entrypoint", or: []) ?? []
        command = try config?.value("Cmd", or: []) ?? []
        hostname = try config?.value("Hostname", or: "") ?? ""
        user = try config?.value("User", or: "") ?? ""
        tty = try config?.value("Tty", or: false) ?? false

        let host = try fields.object("HostConfig")
        restartPolicy = try host?.value("RestartPolicy", or: .no) ?? .no
        requestedPorts = try host?.value("PortBindings", or: PortMap([])).published ?? []
        extraHosts = try host?.value("ExtraHosts", or: []) ?? []

        let network = try fields.object("NetworkSettings")
        ports = try network?.value("Ports", or: PortMap([])).published ?? []
        networks = try network?.value("Networks", or: [:]) ?? [:]
    }
}

extension RunState: Decodable {
    /// Reads the shape of `State` in an inspection.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        status = try fields.value("Status")
        running = try fields.value("Running", or: false)
        pid = try fields.value("Pid", or: 0)
        exitCode = try fields.value("ExitCode", or: 0)
        error = try fields.value("Error", or: "")
        oomKilled = try fields.value("OOMKilled", or: false)
        startedAt = try fields.value("StartedAt", or: "")
        finishedAt = try fields.value("FinishedAt", or: "")
        health = try fields.object("Health")?.decodeIfPresent(String.self, forKey: "Status")
    }
}
