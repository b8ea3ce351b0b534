internal import ClusterModel
internal import Orchestration

/// One statement, in so far as a simulated server knows what it asks.
struct Question {
    /// In small letters, with one blank between words, and without semicolons.
    private let text: String
    private let setting: String?
    /// What is selected, and the name of its column.
    private let selected: (expression: String, column: String)?

    init(_ statement: String) {
        let text = statement.lowercased().split { $0.isWhitespace || $0 == ";" }.joined(separator: " ")
        self.text = text
        setting = Self.setting(in: text)
        selected = text.hasPrefix("select ") ? Self.named(String(text.dropFirst(7))) : nil
    }

    /// What is known, for a reader who asked something else.
    static let known = """
        select 1, select true, now(), version(), pg_is_in_recovery(), inet_server_addr(), pg_current_wal_lsn(), \
        pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn(), show SETTING, current_setting('SETTING'), whether a table of pg_class is there, and changes that \
        return no rows
        """

    /// `nil` for what the simulation does not know.
    func answer(to query: SQLQuery, _ node: SimulatedNode, at time: Double) -> SQLResult? {
        if query.writes { return change(node) }
        if let setting { return value(of: setting, node) }
        // A simulated database holds nothing of its users'.
        if text.hasPrefix("select 1 from pg_class where relname =") {
            return SQLResult(columns: ["?column?"], rows: [])
        }
        guard let (expression, column) = selected else { return nil }
        if query.parameters.isEmpty, let number = Int(expression) {
            return SQLResult(columns: [column], rows: [[.integer(number)]])
        }
        return value(of: expression, node, time).map { SQLResult(columns: [column], rows: [[$0]]) }
    }

    private func value(of expression: String, _ node: SimulatedNode, _ time: Double) -> Document? {
        var position: String { (node.data?.position ?? 0).lsn }
        switch expression {
        case "true": return true
        case "now()", "clock_timestamp()": return .string("2026-01-01 00:00:\(time) +00")
        case "version()": return .string("PostgreSQL \(node.model?.version ?? "15.18") (simulated)")
        case "pg_is_in_recovery()": return .boolean(node.role == .replica)
        case "inet_server_addr()", "inet_server_addr()::text", "host(inet_server_addr())":
            return .string("\(node.spec.address)")
        case "pg_current_wal_lsn()", "pg_current_wal_lsn()::text":
            return node.role == .primary ? .string(position) : nil
        case "pg_last_wal_replay_lsn()", "pg_last_wal_receive_lsn()", "pg_last_wal_replay_lsn()::text":
            return node.role == .replica ? .string(position) : .null
        default: return nil
        }
    }

    /// `pg_is_in_recovery() as replica` without its name, and the name.
    private static func named(_ expression: String) -> (expression: String, column: String) {
        if let place = expression.firstRange(of: " as ") {
            let name = expression[place.upperBound...].filter { $0 != "\"" }
            return (String(expression[..<place.lowerBound]), name)
        }
        let function = expression.prefix { $0.isLetter || $0 == "_" }
        return (expression, function.isEmpty || function == "true" ? "?column?" : String(function))
    }

    /// The setting that `show NAME` or `select current_setting('NAME')` asks for.
    private static func setting(in text: String) -> String? {
        if text.hasPrefix("show ") { return String(text.dropFirst(5)) }
        let question = "select current_setting('"
        guard text.hasPrefix(question) else { return nil }
        return String(text.dropFirst(question.count).prefix { $0 != "'" })
    }

    private func value(of setting: String, _ node: SimulatedNode) -> SQLResult? {
        guard let value = node.inForce[setting] ?? Self.defaults[setting] else { return nil }
        return SQLResult(columns: [setting], rows: [[.string(value)]])
    }

    private static let defaults = [
        "max_connections": "100", "work_mem": "4MB", "shared_buffers": "128MB", "maintenance_work_mem": "64MB",
        "server_version": "15.18", "synchronous_commit": "on",
    ]

    /// A change that returns no rows succeeds on a primary.
    private func change(_ node: SimulatedNode) -> SQLResult? {
        guard node.role == .primary, !text.contains("returning"), !text.hasPrefix("select") else { return nil }
        let touches = ["insert", "update", "delete"].contains { text.hasPrefix($0) }
        return SQLResult(columns: [], rows: [], affected: touches ? 1 : 0)
    }
}
