package import ClusterModel
package import Orchestration

/// An engine in memory for tests: it keeps what plans do and answers observations from that.
package actor FakeBackend: ClusterBackend {
    /// Clusters by name.
    package internal(set) var held: [String: FakeCluster] = [:]
    /// Identifiers of the steps that were carried out, in order.
    package private(set) var performed: [String] = []
    /// Statements, programs and questions for connection strings that arrived, in order.
    package internal(set) var asked: [String] = []
    /// How many times anything at all was asked.
    package private(set) var calls = 0
    /// What others use on the host.
    package var host = HostUse.none
    /// Versions of PostgreSQL in images that are not there and can be pulled; in others it cannot be told.
    private var pullable: [String: String] = [:]
    /// Images that were pulled.
    package private(set) var pulled: [String] = []
    /// Steps that fail.
    private var failing: Set<String> = []
    /// Steps that never end.
    private var hanging: Set<String> = []

    /// How long each step takes, in seconds.
    private var slowness = 0.0

    /// An empty engine.
    package init() {}

    /// Makes a step fail.
    package func fail(_ step: String) { failing.insert(step) }

    /// Makes a step wait until it is cancelled.
    package func hang(_ step: String) { hanging.insert(step) }

    /// Lets every step succeed again.
    package func mend() {
        failing = []
        hanging = []
    }

    /// Makes every step take so many seconds.
    package func slow(_ seconds: Double) { slowness = seconds }

    /// Changes a cluster behind pgbc's back.
    package func disturb(_ cluster: String, _ change: @Sendable (inout FakeCluster) -> Void) {
        if var found = held[cluster] {
            change(&found)
            held[cluster] = found
        }
    }

    /// Offers an image with a version of PostgreSQL for pulling.
    package func offer(_ image: String, _ version: String) { pullable[image] = version }

    /// Says what others use on the host.
    package func occupy(_ use: HostUse) { host = use }

    package func clusters() throws -> [String] {
        calls += 1
        return held.keys.sorted()
    }

    package func hostUse(except cluster: String?) throws -> HostUse {
        calls += 1
        return host
    }

    package func observe(_ cluster: String, depth: ObservationDepth) throws -> ObservedCluster {
        calls += 1
        return held[cluster]?.observed(depth) ?? ObservedCluster(name: cluster)
    }

    package func postgresVersion(of image: String, pulling: ProgressHandler?) throws -> String? {
        calls += 1
        guard let version = pullable[image], !pulled.contains(image) else { return pullable[image] }
        guard let pulling else {
            throw ClusterError(.notFound, operation: "use image \(image)", message: "the engine does not have it")
        }
        pulling("pulling \(image)")
        pulled.append(image)
        return version
    }

    package func prepare(_ plan: Plan, progress: @escaping ProgressHandler) throws { calls += 1 }

    package func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        calls += 1
        if hanging.contains(step.id) { try await Task.sleep(for: .seconds(600)) }
        if slowness > 0 { try await Task.sleep(for: .seconds(slowness)) }
        if failing.contains(step.id) {
            throw ClusterError(.failed, operation: step.title, message: "the test wants it so")
        }
        performed.append(step.id)
        var cluster = held[plan.cluster] ?? FakeCluster(name: plan.cluster)
        if let desired = plan.desired { cluster.topology = desired }
        let note = cluster.perform(step.action, progress)
        held[plan.cluster] = cluster.isEmpty ? nil : cluster
        return note
    }

    package func lock(_ cluster: String, image: String?, breaking: Bool) throws -> ClusterLock {
        calls += 1
        if let owner = held[cluster]?.lockedBy, !breaking {
            throw ClusterError(
                .conflict,
                operation: "lock \(cluster)",
                message: "it is being worked on by \(owner)",
                advice: "wait for it, or take the lock away with --break-lock"
            )
        }
        return ClusterLock(cluster: cluster, id: "lock", createdControlVolume: false)
    }

    package func unlock(_ lock: ClusterLock) throws { calls += 1 }

    package func query(_ query: SQLQuery, on target: Target) throws -> SQLResult {
        calls += 1
        asked.append("\(target.name): \(query.text) \(query.parameters.map { $0.json() }) writes=\(query.writes)")
        return SQLResult(columns: ["id", "name", "note"], rows: [[1, "one", .null], [2, "two", "x"]], affected: 0)
    }

    package func execute(_ command: [String], on target: Target) throws -> CommandResult {
        calls += 1
        asked.append("\(target.name): \(command.joined(separator: " "))")
        if command.first == "false" { return CommandResult(exitCode: 1, output: "", errors: "no luck\n") }
        return CommandResult(exitCode: 0, output: "ran \(command.joined(separator: " "))\n", errors: "")
    }

    package func logs(of target: Target, options: LogOptions) throws -> AsyncThrowingStream<LogLine, any Error> {
        calls += 1
        let lines = (1...5).map { LogLine(stream: .output, text: "\(target.name) line \($0)") }
        let chosen = options.tail.map { Array(lines.suffix($0)) } ?? lines
        let (stream, continuation) = AsyncThrowingStream<LogLine, any Error>.makeStream()
        for line in chosen { continuation.yield(line) }
        if !options.follow { continuation.finish() }
        return stream
    }

    package func connectionString(for target: Target, database: String?) throws -> String {
        calls += 1
        asked.append("dsn \(target.name)")
        let balancer = held[target.cluster]?.topology?.balancer(target.balancer)
        let port = balancer?.nodes.first { $0.host == target.node }?.port ?? balancer?.port ?? 0
        return "host=127.0.0.1 port=\(port) user=postgres password='s e cret' dbname=\(database ?? "postgres")"
    }
}
