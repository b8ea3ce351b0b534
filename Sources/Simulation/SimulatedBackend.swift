public import ClusterModel
public import Orchestration

/// Clusters in memory. Steps succeed at once, or fail where they were told to; there is no SQL, no log and no program to run.
public actor SimulatedBackend: ClusterBackend {
    private var kept: [String: SimulatedCluster] = [:]
    private var lockedBy: [String: String] = [:]
    private var failing: Set<String>
    private var performedSteps: [String] = []
    private let inUse: HostUse

    /// An empty engine on which the steps with these identifiers fail.
    public init(failing: Set<String> = [], inUse: HostUse = .none) {
        self.failing = failing
        self.inUse = inUse
    }

    /// Identifiers of the steps that succeeded, in their order.
    public var performed: [String] { performedSteps }

    /// Lets every step succeed from now on.
    public func mend() { failing = [] }

    /// Replaces what is there.
    public func place(_ observed: ObservedCluster) { kept[observed.name] = SimulatedCluster(observed) }

    /// Names of the clusters, in order.
    public func clusters() -> [String] { kept.keys.sorted() }

    /// What this backend was told that others use.
    public func hostUse(except cluster: String?) -> HostUse { inUse }

    /// What is there; every depth is the same here.
    public func observe(_ cluster: String, depth: ObservationDepth) -> ObservedCluster {
        var observed = kept[cluster]?.observed ?? ObservedCluster(name: cluster)
        observed.lockedBy = lockedBy[cluster]
        observed.topology = observed.recordedTopology
        return observed
    }

    /// Every image is there.
    public func prepare(_ plan: Plan, progress: @escaping ProgressHandler) {}

    /// Does the step to the cluster in memory.
    public func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) throws -> String? {
        if failing.contains(step.id) {
            throw ClusterError(.failed, operation: step.title, message: "the simulation was told to fail here")
        }
        var cluster = kept[plan.cluster] ?? SimulatedCluster(ObservedCluster(name: plan.cluster))
        if cluster.observed.topology == nil { cluster.observed.topology = plan.desired }
        do {
            try cluster.perform(step.action, desired: plan.desired)
        } catch {
            throw ClusterError(.failed, operation: step.title, message: "\(error)")
        }
        performedSteps.append(step.id)
        kept[plan.cluster] = cluster.observed.isAbsent ? nil : cluster
        return nil
    }

    /// Takes the lock, unless it is held.
    public func lock(_ cluster: String, image: String?, breaking: Bool) throws -> ClusterLock {
        if let owner = lockedBy[cluster], !breaking {
            throw ClusterError(.conflict, operation: "lock \(cluster)", message: "another operation holds it: \(owner)")
        }
        lockedBy[cluster] = "simulation"
        return ClusterLock(cluster: cluster, id: cluster, createdControlVolume: false)
    }

    /// Gives the lock back.
    public func unlock(_ lock: ClusterLock) { lockedBy[lock.cluster] = nil }

    /// Always throws.
    public func query(_ query: SQLQuery, on target: Target) throws -> SQLResult {
        throw Self.unavailable("SQL", target)
    }

    /// Always throws.
    public func execute(_ command: [String], on target: Target) throws -> CommandResult {
        throw Self.unavailable("a program", target)
    }

    /// Always throws.
    public func logs(of target: Target, options: LogOptions) throws -> AsyncThrowingStream<LogLine, any Error> {
        throw Self.unavailable("a log", target)
    }

    /// Always throws.
    public func connectionString(for target: Target, database: String?) throws -> String {
        throw Self.unavailable("a connection", target)
    }

    private static func unavailable(_ what: String, _ target: Target) -> ClusterError {
        ClusterError(.failed, operation: "use \(what) of \(target.name)", message: "a simulated cluster has none")
    }
}

extension ObservedCluster {
    /// What was asked for, as the labels of what exists would tell it.
    fileprivate var recordedTopology: Topology? {
        guard var topology else { return nil }
        topology.balancers = balancers.compactMap { balancer in
            var spec = balancer.spec
            let nodes = balancer.nodes.map(\.spec)
            guard let primary = nodes.first(where: { $0.id == spec.primary.id }) ?? nodes.first else { return nil }
            spec.primary = primary
            spec.replicas = nodes.filter { $0.id != primary.id }
            return spec
        }
        return topology
    }
}
