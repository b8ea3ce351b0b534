public import ClusterModel
public import Orchestration
internal import Synchronization

/// Clusters in memory, with a clock of their own: steps take their time there, nodes and balancers act by themselves.
public actor SimulatedBackend: RehearsedBackend {
    /// All tasks of a run that is to be repeatable have to run here.
    public nonisolated var executor: any TaskExecutor { clock }
    nonisolated let clock: VirtualTime

    var kept: [String: SimulatedCluster] = [:] { didSet { seen = [:] } }
    /// What clusters show, for as long as nothing happens to any.
    private var seen: [Look: ObservedCluster] = [:]
    /// Up to when everything has happened that was due.
    private var settled = 0.0
    /// What was asked lately, as it was understood.
    var questions: [String: Question] = [:]
    var lockedBy: [String: String] = [:]
    var failing: Set<String>
    var faults: [Fault] = []
    /// Faults of nodes whose balancer is not there yet.
    var waitingFaults: [Fault] = []
    /// Clusters that were destroyed.
    var retired: [SimulatedCluster] = []
    /// What happened outside of any cluster.
    var told: [Happening] = []
    var performedSteps: [String] = []
    var runsOfSteps: [String: Int] = [:]
    /// Whether pgbc has died; everybody who runs for it may ask.
    nonisolated let death = Mutex(false)
    var dice: SeededDice
    let inUse: HostUse
    let writesPerSecond: Double
    /// How often anything was asked.
    public private(set) var calls = 0
    /// How often scripts called a primitive.
    nonisolated let primitiveCalls = Atomic(0)

    /// An empty engine on which the steps with these identifiers fail.
    public init(failing: Set<String> = [], inUse: HostUse = .none, seed: UInt64 = 0, writesPerSecond: Double = 0) {
        self.init(failing: failing, inUse: inUse, seed: seed, writesPerSecond: writesPerSecond, clock: VirtualTime())
    }

    init(failing: Set<String> = [], inUse: HostUse = .none, seed: UInt64, writesPerSecond: Double, clock: VirtualTime) {
        self.failing = failing
        self.inUse = inUse
        self.clock = clock
        self.writesPerSecond = writesPerSecond
        dice = SeededDice(seed: seed)
    }

    /// Identifiers of the steps that succeeded, in their order.
    public var performed: [String] { performedSteps }

    /// Lets the steps with these identifiers fail from now on.
    public func fail(_ steps: Set<String>) { failing.formUnion(steps) }

    /// Lets every step succeed from now on.
    public func mend() {
        failing = []
        faults = []
        death.withLock { $0 = false }
    }

    /// Replaces what is there.
    public func place(_ observed: ObservedCluster) {
        var cluster = SimulatedCluster(observed, dice: SeededDice(seed: dice.next()), now: clock.now)
        cluster.writesPerSecond = writesPerSecond
        for index in cluster.balancers.indices {
            cluster.balancers[index].clients.rate = writesPerSecond
            cluster.balancers[index].clients.count = writesPerSecond > 0 ? 4 : 0
        }
        kept[observed.name] = cluster
    }

    /// The next of the numbers that follow from the seed.
    public func randomWord() -> UInt64 { dice.next() }

    /// Seconds since the simulation began.
    public nonisolated var now: Double { clock.now }

    /// A script calls a primitive.
    public nonisolated func countCall() { primitiveCalls.add(1, ordering: .relaxed) }

    /// Seconds since the simulation began.
    public func time() async -> Double { clock.now }

    /// Waits on the simulation's clock.
    public func sleep(_ seconds: Double) async throws {
        try arrive()
        try await clock.sleep(seconds)
        try checkAlive()
    }

    /// Names of the clusters, in order.
    public func clusters() throws -> [String] {
        try arrive()
        return kept.keys.sorted()
    }

    /// What this backend was told that others use.
    public func hostUse(except cluster: String?) throws -> HostUse {
        try arrive()
        return inUse
    }

    /// What is there; PostgreSQL and the balancers answer only where they are asked.
    public func observe(_ cluster: String, depth: ObservationDepth) throws -> ObservedCluster {
        try arrive()
        let look = Look(cluster: cluster, asksServers: depth.asksServers)
        var observed = seen[look] ?? kept[cluster]?.observed(asksEverything: depth.asksServers)
        seen[look] = observed
        observed?.lockedBy = lockedBy[cluster]
        return observed ?? ObservedCluster(name: cluster, lockedBy: lockedBy[cluster])
    }

    private struct Look: Hashable {
        let cluster: String
        let asksServers: Bool
    }

    /// As an image's tag says it.
    public func postgresVersion(of image: String, pulling: ProgressHandler?) throws -> String? {
        try arrive()
        let tag = image.split(separator: ":").last.map(String.init) ?? ""
        let version = String(tag.prefix { $0.isNumber || $0 == "." })
        return version.isEmpty ? nil : version
    }

    /// Every image is there.
    public func prepare(_ plan: Plan, progress: @escaping ProgressHandler) throws { try arrive() }

    /// Takes the lock, unless it is held.
    public func lock(_ cluster: String, image: String?, breaking: Bool) throws -> ClusterLock {
        try arrive()
        if let owner = lockedBy[cluster], !breaking {
            throw ClusterError(.conflict, operation: "lock \(cluster)", message: "another operation holds it: \(owner)")
        }
        lockedBy[cluster] = "simulation"
        return ClusterLock(cluster: cluster, id: cluster, createdControlVolume: false)
    }

    /// Gives the lock back.
    public func unlock(_ lock: ClusterLock) throws {
        try arrive()
        lockedBy[lock.cluster] = nil
    }

    /// Counts a call, and lets everything happen that is due.
    func arrive() throws {
        calls += 1
        try checkAlive()
        settle()
    }

    func checkAlive() throws {
        if death.withLock({ $0 }) { throw SimulatedCrash() }
    }

    /// Lets everything happen that is due.
    func settle() {
        let now = clock.now
        guard now != settled else { return }
        settled = now
        for name in kept.keys where kept[name]?.now != now { kept[name]?.pass(to: now) }
    }
}

/// pgbc has died: nothing that it still does has an effect.
struct SimulatedCrash: Error, CustomStringConvertible {
    var description: String { "pgbc died here, as the trial wanted it" }
}

extension ObservationDepth {
    var asksServers: Bool { self == .full || self == .glance }
}
