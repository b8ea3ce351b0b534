public import ClusterModel
public import Orchestration

extension SimulatedBackend {
    /// Answers the questions that recipes ask; says of any other that the simulation does not know.
    public func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        try arrive()
        let node = try server(target)
        guard let answer = question(query.text).answer(to: query, node, at: clock.now) else {
            throw ClusterError(
                .failed,
                operation: "ask \(target.name) \"\(query.text.prefix(80))\"",
                message: "the simulation does not know the answer",
                advice: "it knows \(Question.known)"
            )
        }
        return answer
    }

    private func question(_ text: String) -> Question {
        if let known = questions[text] { return known }
        if questions.count >= 1000 { questions = [:] }
        let question = Question(text)
        questions[text] = question
        return question
    }

    /// A program that a simulated container runs does nothing and succeeds; pgbench takes its time, and reports.
    public func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try arrive()
        let balancer = try container(target)
        guard let program = command.first, program != "false" else {
            return CommandResult(exitCode: 1, output: "", errors: "")
        }
        if command.contains(where: { $0.contains("pgbench") }) { return try await runBench(command, balancer) }
        let output = program == "echo" ? command.dropFirst().joined(separator: " ") + "\n" : ""
        return CommandResult(exitCode: 0, output: output, errors: "")
    }

    private func runBench(_ command: [String], _ balancer: SimulatedBalancer) async throws -> CommandResult {
        let time = command.firstIndex(of: "-T").map { command.index(after: $0) }
        let seconds = time.flatMap { $0 < command.endIndex ? Double(command[$0]) : nil } ?? 0
        try await clock.sleep(seconds)
        try checkAlive()
        settle()
        let rate = max(balancer.clients.rate, 1)
        let lines = [
            "number of transactions actually processed: \(Int(rate * seconds))",
            "number of failed transactions: 0 (0.000%)",
            "latency average = \(8000 / rate) ms", "tps = \(rate) (without initial connection time)",
        ]
        return CommandResult(exitCode: 0, output: lines.joined(separator: "\n") + "\n", errors: "")
    }

    /// What happened to the cluster, as far as it names the target.
    public func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        try arrive()
        _ = try container(target)
        let told = kept[target.cluster]?.story.map(\.text).filter { $0.contains(target.name) } ?? []
        let lines = options.tail.map { Array(told.suffix($0)) } ?? told
        return AsyncThrowingStream { continuation in
            for line in lines { continuation.yield(LogLine(stream: .output, text: line)) }
            continuation.finish()
        }
    }

    /// A string in the right form; nothing listens there.
    public func connectionString(for target: Target, database: String?) async throws -> String {
        try arrive()
        let balancer = try balancer(target)
        let port = balancer.nodes.first { $0.spec.host == target.node }?.spec.port ?? balancer.spec.port
        return "host=127.0.0.1 port=\(port) user=postgres password=simulated dbname=\(database ?? "postgres")"
    }

    /// The settings that the node was given.
    public func settings(of target: Target) async throws -> [NodeSetting] {
        try arrive()
        let node = try server(target)
        return node.inForce.sorted { $0.key < $1.key }.map { name, value in
            NodeSetting(
                name: name,
                value: value,
                source: "configuration file",
                context: SimulatedNode.startOnly.contains(name) ? "postmaster" : "sighup",
                isPending: node.pending.contains(name)
            )
        }
    }

    /// Failovers and switchovers of the simulated balancer.
    public func history(of target: Target) async throws -> [Document] {
        try arrive()
        return try balancer(target).history
    }

    /// Kills a node; it stays stopped until it is started.
    public func fence(_ target: Target) async throws {
        try arrive()
        let node = try node(target, of: try balancer(target))
        try await clock.sleep(0.2)
        settle()
        kept[target.cluster]?.fence(node.id, of: target.balancer)
    }

    private func balancer(_ target: Target) throws -> SimulatedBalancer {
        guard let balancer = kept[target.cluster]?.balancer(target.balancer) else {
            throw ClusterError(
                .notFound,
                operation: "find \(target.balancer) of \(target.cluster)",
                message: "the simulation has no such balancer"
            )
        }
        return balancer
    }

    private func container(_ target: Target) throws -> SimulatedBalancer {
        let balancer = try balancer(target)
        let found = target.node == nil ? balancer.isRunning : try node(target, of: balancer).isRunning
        guard found else {
            throw ClusterError(.failed, operation: "use \(target.name)", message: "its container does not run")
        }
        return balancer
    }

    private func node(_ target: Target, of balancer: SimulatedBalancer) throws -> SimulatedNode {
        let found = balancer.nodes.firstIndex { $0.spec.host == target.node || $0.spec.containerName == target.node }
        if let found { return balancer.nodes[found] }
        throw ClusterError(.notFound, operation: "find \(target.name)", message: "the simulation has no such node")
    }

    /// The server that answers: the node, or the primary when a balancer is asked.
    private func server(_ target: Target) throws -> SimulatedNode {
        let balancer = try balancer(target)
        let found = target.node == nil ? balancer.primary : try node(target, of: balancer)
        if let found, found.isRunning, found.isHung {
            throw ClusterError(.timedOut, operation: "ask \(target.name)", message: "no answer within the limit")
        }
        guard let found, found.answers else {
            throw ClusterError(.failed, operation: "connect to \(target.name)", message: "no server answers there")
        }
        return found
    }
}
