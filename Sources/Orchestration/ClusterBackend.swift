public import ClusterModel

/// The one narrow interface through which every effect on a cluster passes.
public protocol ClusterBackend: Sendable {
    /// Names of the clusters that the engine holds.
    func clusters() async throws -> [String]
    /// Ports, networks and container names in use by anything but the given cluster.
    func hostUse(except cluster: String?) async throws -> HostUse
    /// One snapshot of a cluster. How much is asked is up to `depth`.
    func observe(_ cluster: String, depth: ObservationDepth) async throws -> ObservedCluster
    /// What a cluster was last asked to be, right after this process has changed it: as `.control`, for which a backend that
    /// knows what it has just written need not look.
    func observeAsLeft(_ cluster: String) async throws -> ObservedCluster
    /// Makes sure before the first step that what a plan needs is there (images), and throws if it cannot be had.
    func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws
    /// Carries out one step; safe to repeat. Returns a short note for the reader ("40 MB copied"), or nothing.
    func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String?
    /// Takes the cluster's lock; throws a conflict that names the owner when somebody else holds it.
    func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock
    /// Gives the lock back.
    func unlock(_ lock: ClusterLock) async throws
    /// Runs SQL on a node or, without one, through the balancer.
    func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult
    /// The rows of a statement that only reads, `batch` at a time; the default reads them all at once.
    func rows(_ query: SQLQuery, on target: Target, batch: Int) async throws -> any RowSource
    /// Runs a program in a container and collects what it prints.
    func execute(_ command: [String], on target: Target) async throws -> CommandResult
    /// The log of a container, oldest line first.
    func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error>
    /// A libpq connection string for clients on this machine; it contains the password.
    func connectionString(for target: Target, database: String?) async throws -> String
    /// The settings of a node as PostgreSQL has them (`pg_settings`), by name.
    func settings(of target: Target) async throws -> [NodeSetting]
    /// What the balancer wrote down of its failovers and switchovers, oldest first:
    /// `{at, kind, from, to, why, cause, phases = list of {phase, after, text}, outcome}`.
    func history(of target: Target) async throws -> [Document]
    /// Kills a node that hangs, so that it cannot accept a write when it wakes up; it stays stopped until it is started.
    func fence(_ target: Target) async throws
    /// The version of PostgreSQL in an image ("17.5"); `nil` where this backend cannot tell. An image that is not there is pulled only
    /// where somebody is told how far that is; else it throws `.notFound`. Throws `.invalid` when the image holds no PostgreSQL.
    func postgresVersion(of image: String, pulling: ProgressHandler?) async throws -> String?
    /// Seconds on this backend's clock; only differences mean something.
    func time() async -> Double
    /// Waits on this backend's clock; throws when the task is cancelled.
    func sleep(_ seconds: Double) async throws
}

extension ClusterBackend {
    /// A backend that remembers nothing looks.
    public func observeAsLeft(_ cluster: String) async throws -> ObservedCluster {
        try await observe(cluster, depth: .control)
    }

    /// A backend whose balancers write nothing down has no history.
    public func history(of target: Target) async throws -> [Document] { [] }

    /// A backend without images cannot tell.
    public func postgresVersion(of image: String, pulling: ProgressHandler?) async throws -> String? { nil }

    /// A backend that cannot kill a container says so.
    public func fence(_ target: Target) async throws {
        throw ClusterError(.failed, operation: "fence \(target.name)", message: "this backend cannot kill a container")
    }

    /// Asks PostgreSQL itself.
    public func settings(of target: Target) async throws -> [NodeSetting] {
        try await query(SQLQuery(NodeSetting.question), on: target).rows.compactMap(NodeSetting.init)
    }

    /// All at once.
    public func rows(_ query: SQLQuery, on target: Target, batch: Int) async throws -> any RowSource {
        WholeResult(try await self.query(query, on: target))
    }

    /// The machine's own clock.
    public func time() async -> Double { (ContinuousClock.now - Self.start).seconds }

    /// Waits on the machine's own clock.
    public func sleep(_ seconds: Double) async throws {
        try await Task.sleep(for: .seconds(min(max(seconds, 0), 1e9)))
    }

    private static var start: ContinuousClock.Instant { ClockStart.instant }
}

private enum ClockStart {
    static let instant = ContinuousClock.now
}

/// Receives short texts on how far a step is ("clone 12.0 of 40.1 MB").
public typealias ProgressHandler = @Sendable (String) -> Void

/// How much an observation asks.
public enum ObservationDepth: Sendable {
    /// What the engine lists, labels included.
    case engine
    /// The control volume too, which says whether a destroy was begun and who is primary.
    case control
    /// As `.full`, but by the quickest way; what only an operation needs (an unfinished destroy) may be missing.
    case glance
    /// PostgreSQL and the balancers too.
    case full
}

/// A container of a cluster, by its names in the topology.
public struct Target: Sendable, Equatable {
    /// The cluster's name.
    public var cluster: String
    /// The balancer's name.
    public var balancer: String
    /// The node's host name or container name; `nil` for the balancer itself.
    public var node: String?

    /// A balancer, or one of its nodes.
    public init(cluster: String, balancer: String, node: String? = nil) {
        self.cluster = cluster
        self.balancer = balancer
        self.node = node
    }

    /// What the watcher's container is called beside balancers and nodes.
    public static let watcherName = "watch"

    /// The container that watches over a cluster: it stands behind no balancer.
    public static func watcher(of cluster: String) -> Target {
        Target(cluster: cluster, balancer: "", node: watcherName)
    }

    /// The shortest name that a reader knows it by.
    public var name: String { node ?? balancer }
}

/// The cluster's lock, held by this process.
public struct ClusterLock: Sendable, Equatable {
    /// The cluster's name.
    public let cluster: String
    /// The engine's identifier of the lock.
    public let id: String
    /// True when taking the lock created the control volume, so that giving it back unused removes it.
    public let createdControlVolume: Bool

    /// A lock that was taken.
    public init(cluster: String, id: String, createdControlVolume: Bool) {
        self.cluster = cluster
        self.id = id
        self.createdControlVolume = createdControlVolume
    }
}

/// One statement, with its parameters.
public struct SQLQuery: Sendable, Equatable {
    /// The statement; parameters are `$1`, `$2`, ….
    public var text: String
    /// The parameters.
    public var parameters: [Document]
    /// Whether the statement may change anything; otherwise it runs in a read-only transaction.
    public var writes: Bool
    /// The database; `postgres` when left out.
    public var database: String?
    /// Limit for connecting and answering, in seconds.
    public var timeout: Double

    /// A statement; read-only unless `writes`.
    public init(
        _ text: String,
        parameters: [Document] = [],
        writes: Bool = false,
        database: String? = nil,
        timeout: Double = 30
    ) {
        self.text = text
        self.parameters = parameters
        self.writes = writes
        self.database = database
        self.timeout = timeout
    }
}

/// The rows of an answer.
public struct SQLResult: Sendable, Equatable {
    /// Names of the columns.
    public var columns: [String]
    /// Rows, with integers, floats, booleans, null and arrays in their own types and everything else as text.
    public var rows: [[Document]]
    /// Rows that a changing statement touched.
    public var affected: Int

    /// An answer.
    public init(columns: [String], rows: [[Document]], affected: Int = 0) {
        self.columns = columns
        self.rows = rows
        self.affected = affected
    }
}

/// What a program in a container printed.
public struct CommandResult: Sendable, Equatable {
    /// Its exit code.
    public var exitCode: Int
    /// Its standard output.
    public var output: String
    /// Its standard error.
    public var errors: String

    /// A finished program.
    public init(exitCode: Int, output: String, errors: String) {
        self.exitCode = exitCode
        self.output = output
        self.errors = errors
    }
}

/// Which part of a log.
public struct LogOptions: Sendable, Equatable {
    /// Go on as lines come.
    public var follow: Bool
    /// Only that many of the last lines.
    public var tail: Int?

    /// The whole log unless told otherwise.
    public init(follow: Bool = false, tail: Int? = nil) {
        self.follow = follow
        self.tail = tail
    }
}

/// One line of a container's log.
public struct LogLine: Sendable, Equatable {
    /// Which stream it was printed to.
    public enum Stream: String, Sendable { case output, errors }
    /// Which stream it was printed to.
    public var stream: Stream
    /// The line, without its end.
    public var text: String

    /// One line.
    public init(stream: Stream, text: String) {
        self.stream = stream
        self.text = text
    }
}
