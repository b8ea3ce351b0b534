internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Waits until the topology's primary accepts writes.
    func awaitPrimary(of name: String) async throws -> String? {
        let balancer = try balancer(name)
        let node = balancer.primary
        try await wait(for: "\(node.host) to accept writes", on: node.containerName, within: .seconds(120)) { secrets in
            let view = try await PostgresProbe.ask(backend.endpoint(host: host, port: node.port, secrets, .monitor))
            return view.role == .primary
        }
        return nil
    }

    /// Waits until a node streams from its primary, or is the primary itself.
    func awaitStreaming(_ id: Int, of balancer: String) async throws -> String? {
        let node = try node(id, of: balancer)
        let clone = CloneProgress(client: client, container: node.containerName, report: progress)
        try await wait(
            for: "\(node.host) to stream from its primary",
            on: node.containerName,
            within: .seconds(120),
            extending: { await clone.hasMoved() }
        ) { secrets in
            let view = try await PostgresProbe.ask(backend.endpoint(host: host, port: node.port, secrets, .monitor))
            return view.role == .primary || view.isStreaming
        }
        return nil
    }

    /// Waits until a write through the balancer is accepted.
    func awaitBalancer(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        try await wait(for: "\(name) to accept a write", on: balancer.containerName, within: .seconds(120)) { secrets in
            let endpoint = backend.endpoint(host: host, port: balancer.port, secrets, .monitor)
            return try await PostgresSession.with(endpoint, timeout: PoolProbe.timeout) { connection in
                for statement in Self.writeProbe { _ = try connection.run(statement) }
                return true
            }
        }
        return nil
    }

    /// A write that leaves nothing behind: it needs a transaction number and a commit, which only a primary has.
    private static let writeProbe = [
        "begin read write", "create temporary table pgbc_write_probe (seen int) on commit drop", "commit",
    ]

    /// Waits until the balancer's own SQL view shows a node up. When clients hold every session of the pool, the balancer's agent
    /// is asked instead, and the note says so.
    func awaitAttached(_ id: Int, to name: String) async throws -> String? {
        let balancer = try balancer(name)
        guard balancer.driver.view != .none else {
            return "\(balancer.driver.program) does not show which nodes it serves: nothing was verified"
        }
        let view = try await wait(on: balancer, for: "\(name) to show \(try node(id, of: name).host) up") {
            $0.serves(id)
        }
        if view.isOfAgent { return "the pool of \(name) is full: its agent was asked, not its SQL port" }
        return try await awaitRead(of: id, through: balancer)
    }

    /// Reads through the balancer until it has counted one of a node that was just added, for some seconds: a small weight may take
    /// longer. PgBouncer would send each read over the same session, and so to the same node.
    private func awaitRead(of id: Int, through balancer: BalancerSpec) async throws -> String? {
        let isAdded = plan.steps.contains { $0.action == .createNode(balancer: balancer.name, node: id) }
        let isFresh = plan.steps.contains { $0.action == .seed(balancer: balancer.name) }
        let isBalanced = balancer.driver.view == .agent && balancer.parameters["load_balance_mode"] != "off"
        guard isAdded, !isFresh, isBalanced, !balancer.hold, try node(id, of: balancer.name).weight > 0 else {
            return nil
        }
        let probe = backend.poolProbe(of: balancer, host: host, try await secrets())
        let end = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < end {
            if let reads = try? await probe.askWithoutAgent().nodes.first(where: { $0.id == id })?.selects, reads > 0 {
                return nil
            }
            for _ in 0..<4 where ContinuousClock.now < end {
                let query = SQLQuery("select 1", writes: true, timeout: PoolProbe.timeout)
                _ = try? await PostgresSession.run(query, on: probe.endpoint)
            }
            try Task.checkCancellation()
        }
        return "it serves, and none of the reads of 5 s went to it"
    }

    /// Waits until the balancer's own SQL view shows a node down, or no more.
    func awaitDetached(_ id: Int, from name: String) async throws -> String? {
        let balancer = try balancer(name)
        guard balancer.driver.view != .none else {
            return "\(balancer.driver.program) does not show which nodes it serves: nothing was verified"
        }
        _ = try await wait(on: balancer, for: "\(name) to let go of node \(id)") { !$0.serves(id) }
        return nil
    }

    /// Waits for what a balancer shows to be as it should, together with all other steps that wait for something of it.
    private func wait(
        on balancer: BalancerSpec,
        for what: String,
        _ isDone: (ClientsView) -> Bool
    ) async throws -> ClientsView {
        let container = balancer.containerName
        var seen = ContinuousClock.now
        var last = ClientsView()
        try await wait(for: what, on: container, within: .seconds(60)) { secrets in
            let probe = backend.poolProbe(of: balancer, host: host, secrets)
            last = try await backend.memory.views.look(at: container, after: &seen) { try await probe.askAsClient() }
            return isDone(last)
        }
        return last
    }

    /// Asks again and again until the answer is yes. A failed question counts as no; a container that has ended, and a
    /// limit that was reached without `extending` seeing progress, are errors that carry the last answer.
    func wait(
        for what: String,
        on container: String,
        within limit: Duration,
        extending: () async -> Bool = { false },
        _ isDone: (Secrets) async throws -> Bool
    ) async throws {
        let secrets = try await secrets()
        try await poll(for: what, on: container, within: limit, extending: extending) { try await isDone(secrets) }
    }

    /// As `wait`, of something that needs no secret.
    func poll(
        for what: String,
        on container: String,
        within limit: Duration,
        extending: () async -> Bool = { false },
        _ isDone: () async throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        var deadline = clock.now + limit
        var nextLook = clock.now + .seconds(1)
        var pause = Duration.milliseconds(20)
        var last = "no answer yet"
        var lives = Lives()
        while true {
            do {
                if try await isDone() { return }
                last = "it answers, but it is not there yet"
            } catch let error as PostgresError {
                last = error.message
            }
            if clock.now >= nextLook {
                try await requireAlive(container, &lives, while: what)
                nextLook = clock.now + .seconds(1)
                if await extending() { deadline = max(deadline, clock.now + limit) }
            }
            guard clock.now < deadline else { throw await timedOut(what, container, limit, last) }
            try await Task.sleep(for: pause)
            pause = min(pause * 1.5, .milliseconds(200))
        }
    }

    private func requireAlive(_ container: String, _ lives: inout Lives, while what: String) async throws {
        let details = try await client.inspectContainer(container)
        let state = details.state
        let failsAgain = lives.areOver(restarts: details.restartCount, isRestarting: state.status == .restarting)
        guard state.status == .exited || state.status == .dead || failsAgain else { return }
        let times = failsAgain ? ", and was started \(details.restartCount) times" : ""
        throw ClusterError(
            .failed,
            operation: "wait for \(what)",
            message: "container \(container) ended with code \(state.exitCode)\(times)",
            advice: "pgbc logs shows all of it; mend the cause and run the same command again",
            details: await lastWords(of: container)
        )
    }

    private func timedOut(_ what: String, _ container: String, _ limit: Duration, _ last: String) async -> ClusterError
    {
        ClusterError(
            .timedOut,
            operation: "wait for \(what)",
            message: "not within \(Int(limit.seconds)) s; the last answer was: \(last)",
            advice: "pgbc status and pgbc logs tell more; running the same command again goes on from here",
            details: await lastWords(of: container)
        )
    }
}
