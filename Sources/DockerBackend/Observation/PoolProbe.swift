internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// Asks a balancer for its own view of its nodes and for the use of its pool.
struct PoolProbe {
    /// Limit for one question, in seconds.
    static let timeout = 2.5

    let client: DockerClient
    let balancer: BalancerSpec
    /// Where its driver shows the nodes over REST.
    let nodes: BalancerSupport.NodesRoute?
    let endpoint: PostgresEndpoint

    /// The view over REST where the balancer has our agent, which answers also when the pool is full; else by the way of its driver.
    func ask() async throws -> BalancerView {
        if let answer = try? await AgentProbe(client: client, balancer: balancer, host: endpoint.host).ask() {
            return answer.balancer
        }
        return BalancerView(pool: try await askWithoutAgent())
    }

    /// The view that clients see. Over SQL it takes one of the pool's sessions, and a full pool does not answer at all.
    func askWithoutAgent() async throws -> PoolView {
        switch balancer.driver.view {
        case .agent, .poolNodes: try await askSQL()
        case .rest: try await askREST()
        case .none: try await askWhetherItServes()
        }
    }

    /// The same, but of the agent when clients hold every session of the pool.
    func askAsClient() async throws -> ClientsView {
        do {
            return ClientsView(pool: try await askWithoutAgent())
        } catch let error as PostgresError where error.kind == .timedOut {
            return ClientsView(pool: try await ask().pool, isOfAgent: true)
        }
    }

    /// A balancer that shows nothing of its nodes: whether a session through it is answered is all there is to see.
    private func askWhetherItServes() async throws -> PoolView {
        try await PostgresSession.with(endpoint, timeout: Self.timeout) { connection in
            _ = try connection.run("select 1")
            return PoolView(nodes: [])
        }
    }

    private func askREST() async throws -> PoolView {
        guard let nodes else {
            throw PostgresError(
                kind: .connection,
                message: "this pgbc does not have the driver \(balancer.driver.name), which knows how to ask it"
            )
        }
        let url = "http://\(endpoint.host):\(balancer.restPort)\(nodes.path)"
        let answer = try await client.call(ServiceRequest(url, limit: .seconds(Self.timeout)))
        guard answer.status < 400 else {
            throw PostgresError(kind: .connection, message: "\(url): status \(answer.status)")
        }
        return PoolView(nodes: nodes.read(try Document(json: answer.body, source: url)))
    }

    private func askSQL() async throws -> PoolView {
        try await PostgresSession.with(endpoint, timeout: Self.timeout) { connection in
            let nodes = try connection.run("show pool_nodes").records
            let processes = try connection.run("show pool_processes").records
            return PoolView(
                nodes: nodes.compactMap(PoolView.Node.init),
                // Ours is one of the sessions.
                sessions: max(0, processes.count { $0["database"]?.isEmpty == false } - 1),
                capacity: processes.count
            )
        }
    }
}

/// What a balancer says of itself.
struct BalancerView: Sendable {
    var pool: PoolView
    /// `nil` where nothing can hold the clients.
    var hold: HoldView?
    /// What it is doing itself.
    var operation: String?
    /// Parameters that were written and are not in force.
    var staleParameters: [String] = []
    var changingSecrets: [String] = []
}

/// What a balancer shows its clients.
struct ClientsView: Sendable {
    var pool = PoolView(nodes: [])
    /// It had no session left to show it in, and its agent told.
    var isOfAgent = false

    func serves(_ id: Int) -> Bool { pool.nodes.contains { $0.id == id && $0.isServing } }
}

extension ObservedBalancer {
    mutating func take(_ view: BalancerView) {
        pool = view.pool
        hold = view.hold
        operation = view.operation
        staleParameters = view.staleParameters
        changingSecrets = view.changingSecrets
    }
}

extension SQLResult {
    /// Each row by the names of its columns, as text.
    fileprivate var records: [[String: String]] {
        rows.map { row in
            Dictionary(zip(columns, row.map { $0.sqlText ?? "" }), uniquingKeysWith: { first, _ in first })
        }
    }
}

extension PoolView.Node {
    fileprivate init?(_ row: [String: String]) {
        guard let id = row["node_id"].flatMap(Int.init), let status = row["status"] else { return nil }
        self.init(
            id: id,
            status: status,
            role: row["role"] ?? "",
            weight: row["lb_weight"].flatMap(Double.init) ?? 0,
            selects: row["select_cnt"].flatMap(Int.init) ?? 0
        )
    }
}
