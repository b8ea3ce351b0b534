internal import ClusterModel
internal import DockerEngine

/// Asks the agent in our balancer image, with one request and without a password, for everything that it knows: who is
/// primary by the record, pgpool's view, and the answers of the nodes, each asked at that moment.
struct AgentProbe {
    let client: DockerClient
    let balancer: BalancerSpec
    /// Where the balancer's REST port is published.
    let host: String

    struct Answer: Sendable {
        var balancer: BalancerView
        var record: PrimaryRecord?
        var listed: [Int]
        /// What is written down of a major upgrade; `nil` for nothing.
        var upgrade: String?
        /// What each node said, by its number.
        var nodes: [Int: Result<PostgresView, PostgresError>]
    }

    /// Throws when there is no agent, or when it does not answer within 4 s.
    func ask() async throws -> Answer {
        guard let answer = Answer(try await document(of: "observe")) else {
            throw PostgresError(kind: .connection, message: "\(url("observe")): an answer of another shape")
        }
        return answer
    }

    /// Its failovers and switchovers, oldest first.
    func history() async throws -> [Document] { try await document(of: "history")["history"].elements }

    private func document(of route: String) async throws -> Document {
        let url = url(route)
        guard balancer.driver.hasAgent else {
            throw PostgresError(kind: .connection, message: "\(url): no agent of ours")
        }
        let answer = try await client.call(ServiceRequest(url, limit: .seconds(4)))
        guard answer.status < 400 else {
            throw PostgresError(kind: .connection, message: "\(url): status \(answer.status)")
        }
        return try Document(json: answer.body, source: url)
    }

    private func url(_ route: String) -> String { "http://\(host):\(balancer.restPort)/api/v1/\(route)" }
}

extension AgentProbe.Answer {
    init?(_ document: Document) {
        guard case .array(let rows)? = document["nodes"] else { return nil }
        balancer = BalancerView(
            pool: PoolView(rows: rows, use: document["pool"]),
            hold: document["hold"].flatMap(HoldView.init),
            operation: document["operation"]?.text,
            staleParameters: document["stale_parameters"].elements.compactMap(\.text),
            changingSecrets: document["changing_secrets"].elements.compactMap(\.text)
        )
        record = PrimaryRecord(document["record"])
        listed = document["listed"].elements.compactMap(\.wholeNumber)
        upgrade = document["upgrade"]?.text
        nodes = [:]
        for row in rows {
            guard let id = row["id"]?.wholeNumber else { continue }
            nodes[id] =
                row["answer"].flatMap(PostgresView.init).map { .success($0) }
                ?? .failure(PostgresError(kind: .connection, message: row["error"]?.text ?? "no answer"))
        }
    }
}

extension PoolView {
    fileprivate init(rows: [Document], use: Document?) {
        let total = rows.reduce(0) { $0 + ($1["weight"]?.double ?? 0) }
        self.init(
            nodes: rows.compactMap { row in
                guard let id = row["id"]?.wholeNumber, let status = row["pool_status"]?.text else { return nil }
                return Node(
                    id: id,
                    status: status,
                    role: row["pool_role"]?.text ?? "",
                    weight: total > 0 ? (row["weight"]?.double ?? 0) / total : 0,
                    selects: row["select_count"]?.wholeNumber ?? 0,
                    isDetached: row["detached"] == .boolean(true)
                )
            },
            sessions: use?["clients"]?.wholeNumber,
            capacity: use?["processes"]?.wholeNumber
        )
    }
}

extension HoldView {
    fileprivate init?(_ document: Document) {
        guard document["enabled"] == .boolean(true) else { return nil }
        self.init(
            isPaused: document["state"]?.text == "paused",
            until: document["until"]?.double,
            waiting: document["waiting"]?.wholeNumber ?? 0,
            clients: document["clients"]?.wholeNumber ?? 0
        )
    }
}

extension PrimaryRecord {
    fileprivate init?(_ document: Document?) {
        guard let term = document?["term"]?.wholeNumber, let node = document?["node"]?.wholeNumber else { return nil }
        self.init(term: term, node: node)
    }
}
