internal import ClusterModel
internal import Orchestration

/// Asks a PostgreSQL server, in one statement, what it is and how far it is.
enum PostgresProbe {
    /// Limit for one probe, in seconds: a hung server is named, not waited for.
    static let timeout = 2.5

    static func ask(_ endpoint: PostgresEndpoint) async throws -> PostgresView {
        let result = try await PostgresSession.run(
            SQLQuery(statement, writes: true, timeout: timeout),
            on: endpoint
        )
        guard case .string(let text)? = result.rows.first?.first,
            let answer = try? Document(json: text, source: "probe"),
            let view = PostgresView(answer)
        else {
            throw PostgresError(
                kind: .connection,
                message: "\(endpoint.host):\(endpoint.port): an answer of another shape"
            )
        }
        return view
    }

    /// The same statement that the balancer's agent runs.
    private static let statement = String(decoding: PackageResources.probe_sql, as: UTF8.self)
}

extension PostgresView {
    /// Reads the probe's answer; `nil` when it has another shape.
    init?(_ answer: Document) {
        guard case .boolean(let standby)? = answer["standby"],
            let version = answer["version"]?.text,
            let system = answer["system"]?.text,
            let timeline = answer["timeline"]?.wholeNumber
        else { return nil }
        self.init(
            role: standby ? .replica : .primary,
            version: version,
            timeline: timeline,
            lsn: answer["lsn"]?.text ?? "0/0",
            position: answer["position"]?.wholeNumber ?? 0,
            systemIdentifier: system,
            isStreaming: answer["streaming"] == .boolean(true),
            lagSeconds: answer["lag"]?.double,
            followers: answer["followers"].elements.compactMap(Follower.init),
            slots: answer["slots"].elements.compactMap(Slot.init),
            connections: answer["connections"]?.wholeNumber ?? 0,
            maxConnections: answer["max_connections"]?.wholeNumber ?? 0,
            pendingRestart: answer["pending"].elements.compactMap(\.text)
        )
    }
}

extension PostgresView.Follower {
    fileprivate init?(_ row: Document) {
        guard let name = row["name"]?.text, let state = row["state"]?.text else { return nil }
        self.init(name: name, state: state, lagBytes: row["lag"]?.wholeNumber ?? 0, sync: row["sync"]?.text ?? "")
    }
}

extension PostgresView.Slot {
    fileprivate init?(_ row: Document) {
        guard let name = row["name"]?.text else { return nil }
        self.init(
            name: name,
            active: row["active"] == .boolean(true),
            retainedBytes: row["retained"]?.wholeNumber,
            walStatus: row["status"]?.text
        )
    }
}

extension Document {
    /// The number, whole or not.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension Document? {
    /// The elements of a list; none for anything else.
    var elements: [Document] {
        if case .array(let elements)? = self { elements } else { [] }
    }
}
