internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Has a node read its settings again, and waits until PostgreSQL has read them.
    /// - Returns: What waits for a restart, in words.
    /// - Throws: `.invalid` with PostgreSQL's own words for a setting that it refuses.
    func reloadNode(_ id: Int, of name: String) async throws -> String? {
        let balancer = try balancer(name)
        let node = try node(id, of: name)
        let endpoint = backend.endpoint(host: host, port: node.port, try await secrets(), .superuser)
        let before: SettingsView
        do {
            before = try await SettingsProbe.ask(endpoint)
        } catch let error as PostgresError {
            return try await signalSilent(node, error)
        }
        guard try await signal(node) else { return Self.readsLater(node) }
        let wanted = NodeContainer(topology: try desired(), balancer: balancer, node: node).wantedSettings
        var last = before
        try await poll(for: "\(node.host) to read its settings", on: node.containerName, within: .seconds(15)) {
            last = try await SettingsProbe.ask(endpoint)
            return last.loadTime != before.loadTime && last.hasRead(wanted)
        }
        return try outcome(last, of: node)
    }

    /// PostgreSQL cannot be asked: the start-up script takes the new settings with the next start, which the signal may hasten.
    private func signalSilent(_ node: NodeSpec, _ error: PostgresError) async throws -> String? {
        guard try await signal(node) else { return Self.readsLater(node) }
        throw ClusterError(error, operation: "see whether \(node.host) has read its settings")
    }

    /// False when the container does not run.
    func signal(_ node: NodeSpec) async throws -> Bool {
        do {
            try await send("HUP", to: node.containerName)
            return true
        } catch let error as EngineError {
            guard error.code == .notFound || error.code == .conflict else { throw error }
            return false
        }
    }

    /// Sends a signal to the main process from inside: what the engine sends, be it SIGHUP, counts as the container's end by hand, after
    /// which the engine does not start it again when it crashes or the machine restarts.
    func send(_ signal: String, to container: String) async throws {
        try await run(["/bin/sh", "-c", "kill -s \(signal) 1"], in: container, to: "signal \(container)")
    }

    private static func readsLater(_ node: NodeSpec) -> String {
        "\(node.containerName) does not run: it reads its settings when it starts"
    }

    private func outcome(_ view: SettingsView, of node: NodeSpec) throws -> String? {
        guard view.refused.isEmpty else {
            throw ClusterError(
                .invalid,
                operation: "reload the settings of \(node.host)",
                message: view.refused.count == 1
                    ? "PostgreSQL refuses a setting; the others are in force"
                    : "PostgreSQL refuses \(view.refused.count) settings; the others are in force",
                advice: "give them other values; pgbc logs \(node.host) has PostgreSQL's reasons",
                details: view.refused
            )
        }
        guard !view.pending.isEmpty else { return nil }
        return "\(view.pending.joined(separator: ", ")) \(view.pending.count == 1 ? "waits" : "wait") for a restart"
    }

    /// Has the agent read the balancer's parameters again; it verifies them in pgpool, and restarts pgpool where one needs that.
    func reloadBalancer(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        guard balancer.driver.hasAgent else { return try await notify(balancer) }
        let answer = try await tell(
            name,
            "control/reload",
            .object([]),
            "reload the parameters of \(name)",
            within: .seconds(60)
        )
        let names = answer["reloaded"].elements.compactMap(\.text).joined(separator: ", ")
        let isRestarted = answer["restarted"] == .boolean(true)
        if isRestarted { return "pgpool was started again for \(names.isEmpty ? "them" : names)" }
        return names.isEmpty ? nil : names
    }
}

/// What a server says of its configuration files.
struct SettingsView: Sendable, Equatable {
    /// When they were last read.
    let loadTime: String
    /// Every line that the files hold, as `name = value`, the name in lower case.
    let lines: Set<String>
    /// Settings that take effect with the next start.
    let pending: [String]
    /// Lines that the server refuses, with its words.
    let refused: [String]

    /// True when each of these settings stands in a file that the server can see.
    func hasRead(_ settings: [String: String]) -> Bool {
        settings.allSatisfy { lines.contains(Self.line($0.key, $0.value)) }
    }

    static func line(_ name: String, _ value: String) -> String { "\(name.lowercased()) = \(value)" }
}

/// Asks a server, as its superuser, how it took its configuration files.
enum SettingsProbe {
    static func ask(_ endpoint: PostgresEndpoint) async throws -> SettingsView {
        let result = try await PostgresSession.run(SQLQuery(statement, timeout: PostgresProbe.timeout), on: endpoint)
        let rows = result.rows.map { $0.map { $0.sqlText } }
        return SettingsView(
            loadTime: rows.first?.first.flatMap { $0 } ?? "",
            lines: Set(
                rows.compactMap { row in
                    guard row.count > 2, let name = row[1], let value = row[2] else { return nil }
                    return SettingsView.line(name, value)
                }
            ),
            pending: Set(rows.compactMap { $0.count > 5 && $0[5] == "true" ? $0[1] : nil }).sorted(),
            refused: rows.compactMap { row in
                // A setting that only waits for the next start has an error in this view too.
                guard row.count > 5, let error = row[3], row[5] != "true", row[4] == "true" else { return nil }
                return "\(row[1] ?? "a line") = '\(row[2] ?? "")': \(error)"
            }
        )
    }

    /// One row for each line of the files: of a setting that stands in them twice only the last one counts.
    private static let statement = """
        select pg_conf_load_time()::text, f.name, f.setting, f.error,
               f.seqno = max(f.seqno) over (partition by lower(f.name)), coalesce(s.pending_restart, false)
        from (select 1) one
        left join pg_file_settings f on true
        left join pg_settings s on lower(s.name) = lower(f.name)
        """
}
