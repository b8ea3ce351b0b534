public import ClusterModel

/// Everything that pgbc has to be told to run balancers of some image: data and pure functions. It declares, the backend acts.
///
/// pgbc's own two, pgpool-II and pgBalancer, are declared in the same way.
public struct BalancerSupport: Sendable {
    /// How a running balancer learns of other nodes and parameters. Its files have been written anew when it does.
    public enum Notice: Sendable, Equatable {
        /// It is told when it starts.
        case atStart
        /// Its main process gets a signal from `kill` of its image's shell: "HUP".
        case signal(String)
        /// A program runs in its container.
        case program([String])
        /// It looks at the control volume by itself: ``BalancerSituation/controlFolder``.
        case controlVolume
    }

    /// What is known of it without a container.
    public let driver: BalancerDriver
    /// How it learns of changes.
    public let notice: Notice
    /// Whether its files hold a password, so that they are written only just before it starts.
    public let holdsPasswords: Bool
    /// What its container is given. Pure: called again whenever the files are to be written.
    public let contents: @Sendable (BalancerSituation) -> BalancerContents
    /// The program that has it let go of a node or take it again; `nil` where that is no program. It ends with code 0 once it is done.
    public let attaching: (@Sendable (NodeSpec, Attaching) -> [String])?
    /// The route on its REST port that shows its nodes, with what reads the answer; only for ``BalancerDriver/View/rest``.
    public let nodes: NodesRoute?

    /// The two directions of a node's way.
    public enum Attaching: String, Sendable { case attach, detach }

    /// Where a balancer shows its nodes over REST.
    public struct NodesRoute: Sendable {
        /// "/api/v1/nodes".
        public let path: String
        /// Reads the answer; an entry for each node. The numbers are those of the topology.
        public let read: @Sendable (Document) -> [PoolView.Node]

        /// A route.
        public init(_ path: String, read: @escaping @Sendable (Document) -> [PoolView.Node]) {
            self.path = path
            self.read = read
        }
    }

    /// A declaration.
    public init(
        _ driver: BalancerDriver,
        notice: Notice = .atStart,
        holdsPasswords: Bool = false,
        nodes: NodesRoute? = nil,
        attaching: (@Sendable (NodeSpec, Attaching) -> [String])? = nil,
        contents: @escaping @Sendable (BalancerSituation) -> BalancerContents
    ) {
        self.driver = driver
        self.notice = notice
        self.holdsPasswords = holdsPasswords
        self.nodes = nodes
        self.attaching = attaching
        self.contents = contents
    }
}

/// What a balancer's container is made for.
public struct BalancerSituation: Sendable {
    /// The cluster's name.
    public let cluster: String
    /// The balancer with its nodes; each listens on ``nodePort`` of its address.
    public let balancer: BalancerSpec
    /// A role that may log in on every node, and see replication. `nil` where no password may be written: in the environment and
    /// the command, and in files unless the declaration says that they hold one.
    public let monitor: MonitorLogin?
    /// False when the image's program runs as somebody else, who then has to be able to read the files.
    public let runsAsRoot: Bool

    /// Where PostgreSQL listens in the nodes' containers.
    public var nodePort: Int { 5432 }
    /// The balancer's place on the cluster's control volume, in its container. There, `primary` holds "TERM ID", the primary of the
    /// moment; `nodes` has a line "ID HOST ADDRESS PORT WEIGHT" for each node and ends with "end"; `parameters.json` holds what its `pool` says.
    public var controlFolder: String { "/pgbc/control/\(balancer.name)" }

    /// A situation.
    public init(cluster: String, balancer: BalancerSpec, monitor: MonitorLogin? = nil, runsAsRoot: Bool = true) {
        self.cluster = cluster
        self.balancer = balancer
        self.monitor = monitor
        self.runsAsRoot = runsAsRoot
    }
}

/// A role for health checks.
public struct MonitorLogin: Sendable, Equatable {
    /// Its name.
    public let user: String
    /// Its password: letters and digits.
    public let password: String

    /// A login.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }
}

/// What a balancer's container is given. Image, name, network, labels, published ports and the control volume are pgbc's.
public struct BalancerContents: Sendable, Equatable {
    /// Its environment; never a password, which whoever lists containers would see.
    public var environment: [String: String]
    /// Its program with arguments, in place of the image's own entry point and command; `nil` for these.
    public var command: [String]?
    /// Capabilities of the kernel besides the engine's own: "NET_ADMIN".
    public var kernelCapabilities: [String]
    /// Files that are written before each start.
    public var files: [ContainerFile]

    /// Nothing, unless told otherwise.
    public init(
        environment: [String: String] = [:],
        command: [String]? = nil,
        kernelCapabilities: [String] = [],
        files: [ContainerFile] = []
    ) {
        self.environment = environment
        self.command = command
        self.kernelCapabilities = kernelCapabilities
        self.files = files
    }
}

/// A file in a container. Its owner is root.
public struct ContainerFile: Sendable, Equatable {
    /// Below the container's root, without a slash in front: "etc/haproxy/haproxy.cfg".
    public let path: String
    /// Its text.
    public let text: String
    /// Permission bits.
    public let mode: Int

    /// A file that everybody in the container can read, unless told otherwise.
    public init(_ path: String, _ text: String, mode: Int = 0o644) {
        self.path = path
        self.text = text
        self.mode = mode
    }
}
