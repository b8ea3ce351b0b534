/// A PostgreSQL node: its container, and what PostgreSQL says of itself.
public struct ObservedNode: Sendable, Equatable {
    /// What was asked for: image, port, address and names as its container was made; settings and weight as they were last written.
    public var spec: NodeSpec
    /// Its container; `nil` when there is none.
    public var container: ObservedContainer?
    /// True when its data volume exists.
    public var hasVolume: Bool
    /// What PostgreSQL answered; `nil` when it could not be asked.
    public var postgres: PostgresView?
    /// Why it could not be asked, when its container runs.
    public var postgresError: String?
    /// PostgreSQL's words about settings with which it did not start, so that it runs with those before; `nil` when there are none.
    public var refusedSettings: String?

    /// A node as found.
    public init(
        spec: NodeSpec,
        container: ObservedContainer? = nil,
        hasVolume: Bool = false,
        postgres: PostgresView? = nil,
        postgresError: String? = nil,
        refusedSettings: String? = nil
    ) {
        self.spec = spec
        self.container = container
        self.hasVolume = hasVolume
        self.postgres = postgres
        self.postgresError = postgresError
        self.refusedSettings = refusedSettings
    }
}

/// One answer of a PostgreSQL server about itself.
public struct PostgresView: Sendable, Equatable {
    /// The role as PostgreSQL says it: `pg_is_in_recovery()`.
    public enum Role: String, Sendable, Equatable {
        case primary, replica
    }

    /// A replica as its primary sees it (`pg_stat_replication`).
    public struct Follower: Sendable, Equatable {
        /// `application_name`, by which a node is known: `pgbc_<id>`.
        public var name: String
        /// `streaming`, `catchup`, `backup`, …
        public var state: String
        /// WAL not yet replayed there, in bytes.
        public var lagBytes: Int
        /// `async`, `sync`, `potential` or `quorum`.
        public var sync: String

        /// One row of `pg_stat_replication`.
        public init(name: String, state: String, lagBytes: Int, sync: String) {
            self.name = name
            self.state = state
            self.lagBytes = lagBytes
            self.sync = sync
        }
    }

    /// A replication slot on a primary (`pg_replication_slots`).
    public struct Slot: Sendable, Equatable {
        /// The slot's name: `pgbc_<id>`.
        public var name: String
        /// True while a replica uses it.
        public var active: Bool
        /// WAL kept for it, in bytes; `nil` when nothing is reserved.
        public var retainedBytes: Int?
        /// `reserved`, `extended`, `unreserved` or `lost`; `nil` when nothing is reserved.
        public var walStatus: String?

        /// One row of `pg_replication_slots`.
        public init(name: String, active: Bool, retainedBytes: Int?, walStatus: String?) {
            self.name = name
            self.active = active
            self.retainedBytes = retainedBytes
            self.walStatus = walStatus
        }
    }

    /// What PostgreSQL calls itself.
    public var role: Role
    /// The server's version ("15.18").
    public var version: String
    /// The timeline that it writes or follows.
    public var timeline: Int
    /// Written (primary) or replayed (replica), e.g. `0/3000148`.
    public var lsn: String
    /// The same position as a number of bytes.
    public var position: Int
    /// Identifies one `initdb`; replicas share their primary's.
    public var systemIdentifier: String
    /// On a replica, whether its WAL receiver is streaming.
    public var isStreaming: Bool
    /// On a replica, the time since the last replayed transaction, in seconds; 0 when it has replayed all that it received.
    public var lagSeconds: Double?
    /// On a primary, the replicas that stream from it.
    public var followers: [Follower]
    /// On a primary, its replication slots.
    public var slots: [Slot]
    /// Client connections now.
    public var connections: Int
    /// The server's limit of connections.
    public var maxConnections: Int
    /// Settings that wait for a restart.
    public var pendingRestart: [String]
    /// Settings that it was given and refuses, with its own words.
    public var refusedSettings: [String: String]

    /// An answer; what only a primary or only a replica tells may be left out.
    public init(
        role: Role,
        version: String,
        timeline: Int,
        lsn: String,
        position: Int,
        systemIdentifier: String,
        isStreaming: Bool = false,
        lagSeconds: Double? = nil,
        followers: [Follower] = [],
        slots: [Slot] = [],
        connections: Int = 0,
        maxConnections: Int = 0,
        pendingRestart: [String] = [],
        refusedSettings: [String: String] = [:]
    ) {
        self.role = role
        self.version = version
        self.timeline = timeline
        self.lsn = lsn
        self.position = position
        self.systemIdentifier = systemIdentifier
        self.isStreaming = isStreaming
        self.lagSeconds = lagSeconds
        self.followers = followers
        self.slots = slots
        self.connections = connections
        self.maxConnections = maxConnections
        self.pendingRestart = pendingRestart
        self.refusedSettings = refusedSettings
    }
}

extension NodeSpec {
    /// The name under which this node replicates: its `application_name` and its slot.
    public var replicationName: String { "pgbc_\(id)" }
}
