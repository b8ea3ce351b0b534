/// What a container is to be made of. Only the image is required.
public struct ContainerConfig: Sendable, Equatable {
    /// The image's name or ID.
    public var image: String
    /// Replaces the image's entry point.
    public var entrypoint: [String]?
    /// Replaces the image's command.
    public var command: [String]?
    /// Added to the image's environment; anybody who can inspect the container can read it.
    public var environment: [String: String] = [:]
    /// The container's labels.
    public var labels: [String: String] = [:]
    /// Ports that are exposed without being published.
    public var exposedPorts: [ContainerPort] = []
    /// Ports that the host passes on; they are exposed too.
    public var publishedPorts: [PublishedPort] = []
    /// Volumes and other mounts.
    public var mounts: [Mount] = []
    /// The network that the container joins; nil for the engine's default bridge.
    public var network: NetworkAttachment?
    /// The host name inside; nil for the short container ID.
    public var hostname: String?
    /// Lines added to the container's hosts file.
    public var extraHosts: [HostEntry] = []
    /// When the engine starts the container again.
    public var restartPolicy = RestartPolicy.no
    /// The signal that asks the container to stop, as in `SIGINT`; nil for the image's own.
    public var stopSignal: String?
    /// Seconds between the stop signal and the kill; nil for the engine's 10.
    public var stopTimeout: Int?
    /// Capabilities beyond the engine's defaults, as in `NET_ADMIN`.
    public var capAdd: [String] = []
    /// The size of `/dev/shm` in bytes; nil for the engine's 64 MiB.
    public var shmSize: Int?
    /// `USER[:GROUP]`, names or numbers; nil for the image's own.
    public var user: String?
    /// The working directory; nil for the image's own.
    public var workingDirectory: String?
    /// Switches the image's health check off.
    public var disablesHealthcheck = false
    /// Where the output is kept; nil for the engine's own setting, which may be without limits.
    public var logging: LogLimits?
    /// Has the container see the host's processes, with their numbers there, as its own.
    public var seesHostProcesses = false
    /// Puts a small init in front, as process 1, that reaps orphans.
    public var usesInit = false
    /// Gives the container a terminal.
    public var tty = false

    /// A container of the image with everything else at the engine's defaults.
    public init(image: String) {
        self.image = image
    }
}

/// A container's place in a network.
public struct NetworkAttachment: Sendable, Hashable {
    /// The network's name or ID.
    public var name: String
    /// A fixed address inside the network's subnet; nil to have one chosen.
    public var ipv4Address: String?
    /// Further names by which the network's other containers find this one.
    public var aliases: [String]

    /// An attachment with a chosen address unless one is given.
    public init(_ name: String, ipv4Address: String? = nil, aliases: [String] = []) {
        self.name = name
        self.ipv4Address = ipv4Address
        self.aliases = aliases
    }
}

/// A line of a hosts file.
public struct HostEntry: Sendable, Hashable {
    /// The host's name.
    public var name: String
    /// Its address.
    public var address: String

    /// A name for an address.
    public init(_ name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// When the engine starts a container again after it ended.
public enum RestartPolicy: Sendable, Hashable {
    /// Never.
    case no
    /// Always, also after the engine's own restart.
    case always
    /// Always, unless it was stopped by a call.
    case unlessStopped
    /// After an exit code other than 0, at most so many times; 0 for no limit.
    case onFailure(maximumRetries: Int)
}

/// The limits of a container's log, which the engine keeps in files.
public struct LogLimits: Sendable, Hashable {
    /// The largest file, as in `10m`.
    public var maxSize: String
    /// How many files are kept.
    public var maxFiles: Int

    /// Limits of the `json-file` driver.
    public static func jsonFile(maxSize: String, maxFiles: Int = 3) -> LogLimits {
        LogLimits(maxSize: maxSize, maxFiles: maxFiles)
    }
}
