public import ClusterModel

/// Runs scripts where nothing real can be harmed. This is all that the commands see of the simulation.
public protocol RehearsalServices: Sendable {
    /// A dry run on top of a real backend, which is only asked and never changed.
    func dryRun(over backend: any ClusterBackend) -> any DryRun
    /// Runs a script on simulated clusters again and again, with other faults each time, and checks what must never happen.
    func test(_ trial: Trial, script: @escaping TrialScript, progress: @escaping ProgressHandler) async throws
        -> TrialReport
}

/// A backend with a clock, a thread and dice of its own, so that a run on it can be repeated exactly.
public protocol RehearsedBackend: ClusterBackend {
    /// Where all tasks of a run have to run: time passes here only when none of them can go on.
    nonisolated var executor: any TaskExecutor { get }
    /// The next of the numbers that follow from the seed.
    func randomWord() async -> UInt64
    /// Asks something real while the clock of this backend stands still; `nil` where nothing real is asked, as in a trial.
    nonisolated func outside<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result?
    /// Notes down what a script would do to something that is no cluster: "write /tmp/report".
    func wouldDo(_ title: String) async
    /// Seconds on its clock.
    nonisolated var now: Double { get }
    /// A script calls a primitive.
    nonisolated func countCall()
}

extension RehearsedBackend {
    /// Nothing real is asked.
    public nonisolated func outside<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async throws -> Result? { nil }

    /// Nothing is noted down.
    public func wouldDo(_ title: String) async {}

    /// Nobody wants to know.
    public nonisolated func countCall() {}
}

extension Orchestrator {
    /// Asks something that is no cluster; `nil` in a run that asks nothing real.
    public func outside<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result? {
        guard let rehearsed = backend as? any RehearsedBackend else { return try await work() }
        return try await rehearsed.outside(work)
    }
}

/// A run of a script that changes nothing.
public protocol DryRun: Sendable {
    /// What the script works on: it answers from the real cluster until a change would have touched the answer.
    var backend: any RehearsedBackend { get }
    /// Runs the body with this dry run's clock: waits pass at once.
    func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result
    /// What the script did so far, and would have done.
    func report() async -> DryRunReport
}

/// What a dry run would have done.
public struct DryRunReport: Sendable, Equatable {
    /// One change, in the order in which it would have happened.
    public struct Change: Sendable, Equatable {
        /// The cluster that it is made to; empty for what is no cluster.
        public var cluster: String
        /// What is done ("start replica2").
        public var title: String
        /// Why ("replica2 is wanted and is not there").
        public var cause: String
        /// True when it takes something away.
        public var isDestructive: Bool
        /// Why it would not succeed; `nil` when it would.
        public var problem: String?

        /// A change.
        public init(
            cluster: String,
            title: String,
            cause: String,
            isDestructive: Bool = false,
            problem: String? = nil
        ) {
            self.cluster = cluster
            self.title = title
            self.cause = cause
            self.isDestructive = isDestructive
            self.problem = problem
        }
    }

    /// What would have been changed, in order.
    public var changes: [Change]
    /// How the clusters that the changes touch would be afterwards.
    public var end: [ObservedCluster]
    /// What could not be known without doing it, one sentence each.
    public var unknown: [String]

    /// A report.
    public init(changes: [Change] = [], end: [ObservedCluster] = [], unknown: [String] = []) {
        self.changes = changes
        self.end = end
        self.unknown = unknown
    }
}

/// Runs the script of a trial once, on what the stage offers. It has to use no clock but the backend's.
public typealias TrialScript = @Sendable (TrialStage) async throws -> Document

/// What one run of a script is given.
public struct TrialStage: Sendable {
    /// The simulated engine.
    public let backend: any RehearsedBackend
    /// Takes the events of the run.
    public let events: any EventSink
    /// Names the simulated engine, for a journal of the run; each fault pattern has an engine of its own.
    public let name: String
    /// True when a run on the same engine was cut before: it is to be resumed, or else begun again.
    public let resumes: Bool
    /// True when pgbc is to die during this run, so that it has to be recorded.
    public let mayDie: Bool
    /// Whether pgbc is alive: what it writes down after its death does not arrive.
    public let isAlive: @Sendable () -> Bool

    /// A stage.
    public init(
        backend: any RehearsedBackend,
        events: any EventSink,
        name: String,
        resumes: Bool,
        mayDie: Bool = false,
        isAlive: @escaping @Sendable () -> Bool = { true }
    ) {
        self.mayDie = mayDie
        self.isAlive = isAlive
        self.backend = backend
        self.events = events
        self.name = name
        self.resumes = resumes
    }
}

/// What a script is to be put through.
public struct Trial: Sendable, Equatable {
    /// The cluster that stands before the script begins; `nil` for an empty engine.
    public var topology: Topology?
    /// Everything random follows from it.
    public var seed: UInt64
    /// How many runs with random faults, after those with one failure or crash for each step.
    public var runs: Int
    /// A run to repeat, as a failure printed it; nothing else is run then.
    public var replay: String?
    /// Client writes per second to each balancer.
    public var writesPerSecond: Double

    /// A trial.
    public init(
        topology: Topology?,
        seed: UInt64,
        runs: Int = 20,
        replay: String? = nil,
        writesPerSecond: Double = 100
    ) {
        self.topology = topology
        self.seed = seed
        self.runs = runs
        self.replay = replay
        self.writesPerSecond = writesPerSecond
    }
}

/// How a trial ended.
public struct TrialReport: Sendable, Equatable {
    /// A run after which something was as it must never be.
    public struct Failure: Sendable, Equatable {
        /// What was done to the script: "step attach:lb1:1 fails".
        public var story: String
        /// What must never be and was, one sentence each.
        public var violations: [String]
        /// The shortest history that leads there, one line each.
        public var history: [String]
        /// Repeats it: the value of `--replay`.
        public var replay: String

        /// A failure.
        public init(story: String, violations: [String], history: [String], replay: String) {
            self.story = story
            self.violations = violations
            self.history = history
            self.replay = replay
        }
    }

    /// How many runs of one sort.
    public struct Runs: Sendable, Equatable {
        /// What they have in common: "with one failing step".
        public var sort: String
        /// How many there were.
        public var count: Int

        /// So many of that sort.
        public init(_ sort: String, _ count: Int) {
            self.sort = sort
            self.count = count
        }
    }

    /// How many runs of each sort.
    public var runs: [Runs]
    /// The first failure, made as short as could be.
    public var failure: Failure?
    /// Calls of primitives by the scripts of all runs.
    public var calls: Int
    /// Simulated seconds in all runs.
    public var seconds: Double
    /// What a reader should know beside it.
    public var notes: [String]

    /// A report.
    public init(
        runs: [Runs] = [],
        failure: Failure? = nil,
        calls: Int = 0,
        seconds: Double = 0,
        notes: [String] = []
    ) {
        self.runs = runs
        self.failure = failure
        self.calls = calls
        self.seconds = seconds
        self.notes = notes
    }
}
