internal import ClusterModel
internal import DockerEngine

/// The container that watches over a cluster: this program, with the engine's socket.
///
/// It shares the host's network, so that published ports are where they are for any other program there; and the host's processes,
/// so that a lock of a watcher that is gone is known to be nobody's.
struct WatcherContainer {
    let topology: Topology
    /// Any image will do.
    let image: String
    /// Where the engine's socket is on its host.
    let socket: String
    let command: [String]

    var config: ContainerConfig {
        var config = ContainerConfig(image: image)
        config.entrypoint = command
        config.command = []
        config.user = "0"
        config.workingDirectory = "/tmp"
        config.environment = ["PGBC_JOURNAL": "off", "HOME": "/tmp"]
        config.labels = topology.labels(.watcher)
        config.mounts = [Mount(.bind(socket), at: Self.standardSocket)]
        config.network = NetworkAttachment("host")
        config.seesHostProcesses = true
        config.restartPolicy = .unlessStopped
        config.stopSignal = "SIGTERM"
        config.stopTimeout = 10
        config.disablesHealthcheck = true
        config.logging = .jsonFile(maxSize: "5m")
        return config
    }

    static let standardSocket = "/var/run/docker.sock"
    /// What the recipe `watch` says once it has seen the cluster.
    static let greeting = " looks after "
}
