/// Places inside the containers, and names of the engine's objects, that the host and the containers agree on.
enum ContainerPath {
    static let home = "/pgbc"
    static let control = "/pgbc/control"
    static let secrets = "/pgbc/control/secrets"
    static let data = "/var/lib/postgresql"
    static let seedVolumes = "/pgbc/volumes"
    static let nodeScript = "/pgbc/node.sh"
    /// Where the nodes of a fresh balancer find their files, below the control volume's root. No balancer can have this name.
    static let firstFiles = ".start"

    static func balancer(_ name: String) -> String { "\(control)/\(name)" }
}

/// Names of containers that live no longer than a run.
enum ContainerName {
    static func lock(_ cluster: String) -> String { "\(cluster)_lock" }
    static func seed(_ cluster: String, _ balancer: String) -> String { "\(cluster)_\(balancer)_seed" }
    static func upgrade(_ cluster: String, _ balancer: String) -> String { "\(cluster)_\(balancer)_upgrade" }
    /// What a container is called while it is being removed.
    static func going(_ id: String) -> String { "\(goingPrefix)\(id.prefix(12))" }
    static let goingPrefix = "pgbc-going-"
}

/// Ports inside the containers.
enum InnerPort {
    static let postgres = 5432
    static let sql = 9999
    static let pcp = 9898
    static let rest = 8080
}
