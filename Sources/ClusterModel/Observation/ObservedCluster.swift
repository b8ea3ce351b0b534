/// What is there now, taken once from the engine, PostgreSQL and the balancers. Nothing here is what was asked for, except
/// ``topology``, which is what the labels on the engine's objects say was asked for.
public struct ObservedCluster: Sendable, Equatable {
    /// The cluster's name.
    public var name: String
    /// What was asked for, read back from labels; `nil` when no object of this cluster exists.
    public var topology: Topology?
    /// The cluster's network, if it exists.
    public var network: ObservedNetwork?
    /// Names of the cluster's volumes.
    public var volumes: Set<String>
    /// Left-overs of an interrupted run: one-shot containers that should not outlive a run.
    public var strays: [ObservedContainer]
    /// The container that watches over the cluster; `nil` when none was installed.
    public var watcher: ObservedContainer?
    /// One entry for each balancer in ``topology``.
    public var balancers: [ObservedBalancer]
    /// Who holds the cluster's lock, in words; `nil` when nobody does.
    public var lockedBy: String?
    /// True when a `destroy` was begun and not finished.
    public var isBeingDestroyed: Bool
    /// True when settings, options or parameters that the containers read are not those of ``topology``.
    public var isHalfWritten: Bool

    /// An observation; empty when only a name is given.
    public init(
        name: String,
        topology: Topology? = nil,
        network: ObservedNetwork? = nil,
        volumes: Set<String> = [],
        strays: [ObservedContainer] = [],
        watcher: ObservedContainer? = nil,
        balancers: [ObservedBalancer] = [],
        lockedBy: String? = nil,
        isBeingDestroyed: Bool = false,
        isHalfWritten: Bool = false
    ) {
        self.name = name
        self.topology = topology
        self.network = network
        self.volumes = volumes
        self.strays = strays
        self.watcher = watcher
        self.balancers = balancers
        self.lockedBy = lockedBy
        self.isBeingDestroyed = isBeingDestroyed
        self.isHalfWritten = isHalfWritten
    }

    /// True when the engine holds nothing of this cluster.
    public var isAbsent: Bool {
        network == nil && volumes.isEmpty && strays.isEmpty && watcher == nil && balancers.allSatisfy(\.isAbsent)
    }

    /// The places that were chosen and that nothing here holds: a container that has never run publishes no port.
    public var unheldPlaces: UnheldPlaces {
        let found = balancers.flatMap { [$0.container] + $0.nodes.map(\.container) }.compactMap(\.self)
        let chosen = (topology?.balancers ?? []).flatMap { [$0.containerName] + $0.nodes.map(\.containerName) }
        return UnheldPlaces(
            network: network == nil && found.isEmpty,
            containers: Set(chosen).subtracting(found.filter { $0.state != .created }.map(\.name))
        )
    }

    /// The balancer of that name.
    public func balancer(_ name: String) -> ObservedBalancer? { balancers.first { $0.spec.name == name } }
}

/// The cluster's network as the engine has it.
public struct ObservedNetwork: Sendable, Equatable {
    /// The engine's identifier.
    public var id: String
    /// The network's name.
    public var name: String
    /// Its subnet in CIDR notation.
    public var subnet: String

    /// A network as found.
    public init(id: String, name: String, subnet: String) {
        self.id = id
        self.name = name
        self.subnet = subnet
    }
}

/// A container as the engine lists it.
public struct ObservedContainer: Sendable, Equatable {
    /// What a container is doing.
    public enum State: String, Sendable, Equatable, CaseIterable {
        case created, running, paused, restarting, exited, removing, dead
    }

    /// The engine's identifier.
    public var id: String
    /// The container's name, without a leading slash.
    public var name: String
    /// What it is doing.
    public var state: State
    /// The engine's own words for it ("Up 3 minutes").
    public var status: String
    /// The image it was made from.
    public var image: String
    /// What would be different if it were made now, as the rest of a sentence ("was made by pgbc 0.1"); `nil` for nothing.
    public var outdated: String?
    /// True when it is not connected to the cluster's network.
    public var isCutOff: Bool

    /// A container as found.
    public init(
        id: String,
        name: String,
        state: State,
        status: String = "",
        image: String = "",
        outdated: String? = nil,
        isCutOff: Bool = false
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.status = status
        self.image = image
        self.outdated = outdated
        self.isCutOff = isCutOff
    }
}

/// A balancer: its container, what it says of its nodes, and the nodes themselves.
public struct ObservedBalancer: Sendable, Equatable {
    /// What was asked for: image, ports, address, names and `hold` as its container was made; parameters, `sync` and `when_short` as they
    /// were last written for it.
    public var spec: BalancerSpec
    /// Its container; `nil` when there is none.
    public var container: ObservedContainer?
    /// The balancer's own view; `nil` when it could not be asked.
    public var pool: PoolView?
    /// Why it could not be asked, when it runs and did not answer.
    public var poolError: String?
    /// Its nodes, the primary of the topology first.
    public var nodes: [ObservedNode]
    /// Which node the containers themselves hold to be the primary; `nil` before the data was initialised.
    public var record: PrimaryRecord?
    /// Numbers of the nodes in the list that the balancer and its nodes read; `nil` when there is no list.
    public var listedNodes: [Int]?
    /// Their addresses there; empty when they are not known.
    public var listedAddresses: [Int: IPv4Address]
    /// The clients in front of it; `nil` where nothing can hold them.
    public var hold: HoldView?
    /// What it is doing itself ("switchover to 2"); `nil` for nothing.
    public var operation: String?
    /// Names of parameters that were written and are not in force yet.
    public var staleParameters: [String]
    /// Names of secrets of which the old ones are still there: a change of them is under way, or was cut.
    public var changingSecrets: [String] = []
    /// A major upgrade that is under way, or that was neither committed nor taken back.
    public var upgrade: UpgradeRecord?
    /// True when there is a record of a major upgrade that this pgbc cannot read.
    public var upgradeIsUnreadable: Bool

    /// A balancer as found.
    public init(
        spec: BalancerSpec,
        container: ObservedContainer? = nil,
        record: PrimaryRecord? = nil,
        listedNodes: [Int]? = nil,
        listedAddresses: [Int: IPv4Address] = [:],
        pool: PoolView? = nil,
        poolError: String? = nil,
        hold: HoldView? = nil,
        operation: String? = nil,
        staleParameters: [String] = [],
        upgrade: UpgradeRecord? = nil,
        upgradeIsUnreadable: Bool = false,
        nodes: [ObservedNode] = []
    ) {
        self.hold = hold
        self.operation = operation
        self.staleParameters = staleParameters
        self.upgrade = upgrade
        self.upgradeIsUnreadable = upgradeIsUnreadable
        self.spec = spec
        self.container = container
        self.record = record
        self.listedNodes = listedNodes
        self.listedAddresses = listedAddresses
        self.pool = pool
        self.poolError = poolError
        self.nodes = nodes
    }

    /// True when neither the balancer nor any of its nodes has a container.
    public var isAbsent: Bool { container == nil && nodes.allSatisfy { $0.container == nil } }
    /// The node that PostgreSQL itself calls a primary, when exactly one does.
    public var primary: ObservedNode? {
        var found: Int?
        for index in nodes.indices where nodes[index].postgres?.role == .primary {
            guard found == nil else { return nil }
            found = index
        }
        return found.map { nodes[$0] }
    }
    /// Nodes that PostgreSQL itself calls replicas.
    public var replicas: [ObservedNode] { nodes.filter { $0.postgres?.role == .replica } }
    /// The node with that host name or container name.
    public func node(_ name: String) -> ObservedNode? {
        nodes.first { $0.spec.host == name || $0.spec.containerName == name }
    }
}

/// The clients in front of a balancer that can hold them.
public struct HoldView: Sendable, Equatable {
    /// True while they are made to wait.
    public var isPaused: Bool
    /// When they are let go whatever happens, in seconds since 1970; `nil` while they run.
    public var until: Double?
    /// Clients that wait now.
    public var waiting: Int
    /// Clients that are connected.
    public var clients: Int

    /// A view; of running clients unless told otherwise.
    public init(isPaused: Bool = false, until: Double? = nil, waiting: Int = 0, clients: Int = 0) {
        self.isPaused = isPaused
        self.until = until
        self.waiting = waiting
        self.clients = clients
    }
}

/// Who is primary, as all containers of a balancer read it on their control volume. The term grows with each promotion.
public struct PrimaryRecord: Sendable, Equatable {
    /// Counts promotions, from 1.
    public var term: Int
    /// The primary's node number.
    public var node: Int

    /// A record.
    public init(term: Int, node: Int) {
        self.term = term
        self.node = node
    }
}

/// What a balancer says of itself and of its nodes.
public struct PoolView: Sendable, Equatable {
    /// The balancer's view of one node.
    public struct Node: Sendable, Equatable {
        /// The node's number in the balancer.
        public var id: Int
        /// The balancer's own state of it: `up`, `waiting`, `down`, `quarantine`, `unused`.
        public var status: String
        /// `primary` or `standby`, as the balancer believes.
        public var role: String
        /// Its share of the reads, 0…1.
        public var weight: Double
        /// Reads sent to it since the balancer started.
        public var selects: Int
        /// True when somebody took it out by hand; it stays out until it is put back.
        public var isDetached: Bool
        /// True when an operation took it out and was to put it back: one that is under way, or that was cut.
        public var isAway: Bool

        /// True when somebody took it out by hand and wants it to stay out.
        public var isInMaintenance: Bool { isDetached && !isAway }

        /// True when the balancer sends clients there.
        public var isServing: Bool { ["up", "waiting"].contains(status) }

        /// One row of the balancer's own view.
        public init(
            id: Int,
            status: String,
            role: String,
            weight: Double,
            selects: Int,
            isDetached: Bool = false,
            isAway: Bool = false
        ) {
            self.isDetached = isDetached
            self.isAway = isAway
            self.id = id
            self.status = status
            self.role = role
            self.weight = weight
            self.selects = selects
        }
    }

    /// One entry for each node that the balancer has.
    public var nodes: [Node]
    /// Client sessions now; `nil` when the balancer does not tell.
    public var sessions: Int?
    /// The most client sessions that it accepts (num_init_children).
    public var capacity: Int?

    /// A balancer's view.
    public init(nodes: [Node], sessions: Int? = nil, capacity: Int? = nil) {
        self.nodes = nodes
        self.sessions = sessions
        self.capacity = capacity
    }
}
