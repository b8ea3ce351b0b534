/// The program in a balancer's image, as far as planning, checks and messages have to know it. A value: it is written to the
/// labels of a balancer's container, so that a pgbc without the driver still knows what that balancer cannot do.
public struct BalancerDriver: Sendable, Hashable, Codable {
    /// What a balancer does when it is told. What is missing here is refused, with the program's name.
    public enum Capability: String, Sendable, Codable, CaseIterable {
        /// Lets go of one node, and takes it again.
        case attach
        /// Takes nodes in, and lets go of them for good, while it runs; without it the container is made anew for that.
        case membership
        /// Takes over changed parameters while it runs; without it the container is made anew for them.
        case reload
        /// Makes clients wait.
        case hold
        /// Makes another node the primary, planned or when the primary has died, and carries out `sync`.
        case failover
    }

    /// Where the balancer's own view of its nodes comes from.
    public enum View: String, Sendable, Codable {
        /// From the agent in pgbc's own image.
        case agent
        /// From `SHOW POOL_NODES` on its SQL port.
        case poolNodes = "show_pool_nodes"
        /// From a route on its REST port.
        case rest
        /// It has none: nobody can see whether it serves a node.
        case none
    }

    /// As topologies name it: `tcp-proxy`.
    public var name: String
    /// As people name it: "pgpool-II".
    public var program: String
    /// Images that hold the program: the last part of their repository begins with one of these.
    public var images: [String]
    /// The image of a balancer whose topology names none; `nil` when there has to be one.
    public var defaultImage: String?
    /// What it does when it is told.
    public var capabilities: Set<Capability>
    /// Where its view of the nodes comes from.
    public var view: View
    /// Its ports inside the container.
    public var ports: BalancerPorts
    /// What a topology's `pool` may hold.
    public var parameters: BalancerParameterSet

    /// A driver that can nothing but pass SQL on, unless told otherwise.
    public init(
        _ name: String,
        program: String,
        images: [String] = [],
        defaultImage: String? = nil,
        capabilities: Set<Capability> = [],
        view: View = .none,
        ports: BalancerPorts = BalancerPorts(),
        parameters: BalancerParameterSet = .declared([])
    ) {
        self.name = name
        self.program = program
        self.images = images
        self.defaultImage = defaultImage
        self.capabilities = capabilities
        self.view = view
        self.ports = ports
        self.parameters = parameters
    }

    /// Whether it does something when it is told.
    public func can(_ capability: Capability) -> Bool { capabilities.contains(capability) }

    /// True when pgbc's own agent is in the image, and answers on the REST port.
    public var hasAgent: Bool { view == .agent }
}

/// The ports on which a balancer listens inside its container; those that it has not are not published.
public struct BalancerPorts: Sendable, Hashable, Codable {
    /// For SQL.
    public var sql: Int
    /// For PCP.
    public var pcp: Int?
    /// For REST.
    public var rest: Int?

    /// SQL only, unless told otherwise.
    public init(sql: Int = 9999, pcp: Int? = nil, rest: Int? = nil) {
        self.sql = sql
        self.pcp = pcp
        self.rest = rest
    }
}

/// Which parameters a topology may set for a balancer.
public enum BalancerParameterSet: Sendable, Hashable, Codable {
    /// Those of pgpool-II 4.3.
    case pgpool
    /// Those of pgBalancer.
    case pgbalancer
    /// Those that a driver declares.
    case declared([BalancerParameter])
    /// Any, as text.
    case any

    /// True for pgpool-II and what was forked from it: processes that each hold connections to every node.
    var isPooling: Bool { self == .pgpool || self == .pgbalancer }
}

extension BalancerDriver {
    /// pgbc's own image: pgpool-II with an agent that acts and verifies.
    public static let pgpool = BalancerDriver(
        "pgpool",
        program: "pgpool-II",
        defaultImage: Topology.defaultBalancerImage,
        capabilities: Set(Capability.allCases),
        view: .agent,
        ports: BalancerPorts(pcp: 9898, rest: 8080),
        parameters: .pgpool
    )

    /// The user's own pgBalancer. Its control calls answer and do nothing, so that it can do nothing of what it is told.
    public static let pgbalancer = BalancerDriver(
        "pgbalancer",
        program: "pgBalancer",
        images: ["pgbalancer"],
        view: .poolNodes,
        ports: BalancerPorts(pcp: 9898, rest: 8080),
        parameters: .pgbalancer
    )

    /// A driver that a stored topology names and that this pgbc does not have.
    static func unknown(_ name: String) -> BalancerDriver {
        BalancerDriver(name, program: "the driver \(name)", parameters: .any)
    }

    /// The driver of an image among pgbc's own.
    public init(image: String?) {
        // Most images are not worth the reading.
        guard let image, image.lastPart.hasPrefix(Self.pgbalancer.name) else {
            self = .pgpool
            return
        }
        self = BalancerDrivers.own.driver(of: image)
    }
}

extension String {
    /// What stands behind the last slash.
    fileprivate var lastPart: Substring {
        self[(utf8.lastIndex(of: UInt8(ascii: "/")).map(utf8.index(after:)) ?? startIndex)...]
    }
}
