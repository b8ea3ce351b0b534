/// The tables of a check.
struct Ground {
    private static let statements = [
        "DROP SCHEMA IF EXISTS checker CASCADE",
        "CREATE SCHEMA checker",
        "CREATE TABLE checker.writes (n bigserial, id bigint NOT NULL, client int NOT NULL, count bigint NOT NULL)",
        "CREATE INDEX ON checker.writes (id)",
        "CREATE INDEX ON checker.writes (client, count)",
        "CREATE TABLE checker.accounts (id int PRIMARY KEY, balance int NOT NULL)",
        "CREATE TABLE checker.lists (key int PRIMARY KEY, items bigint[] NOT NULL)",
        "CREATE TABLE checker.direct (at timestamptz DEFAULT clock_timestamp())",
        """
        INSERT INTO checker.accounts
        SELECT i, \(BankClient.total / BankClient.accounts) FROM generate_series(1, \(BankClient.accounts)) i
        """,
    ]

    let plan: CheckPlan

    /// Makes the tables anew through the balancer, and waits until every node has them.
    func prepare() throws -> String {
        try until("the balancer takes the tables of the check") {
            let line = Line(plan.balancer, patience: Patience(connect: 5, answer: 10), application: "checker")
            for statement in Self.statements { try line.run(statement) }
            return true
        }
        let primary = try primaryName()
        let behind = try catchUp(with: primary)
        guard behind.isEmpty else { throw CheckFailure(description: "\(behind) did not get the tables of the check") }
        return primary
    }

    /// The only node that is no standby; waits for it.
    func primaryName() throws -> String {
        var found: [String] = []
        try until("exactly one node is a primary", because: { "primaries: \(found)" }) {
            found = plan.nodes.filter { (try? value("SELECT pg_is_in_recovery()", on: $0)) == "f" }.map(\.name)
            return found.count == 1
        }
        return found[0]
    }

    /// Waits until every standby has replayed what its primary has now; returns those that have not.
    func catchUp(with primary: String) throws -> [String] {
        let master = try node(primary)
        let position = try value("SELECT pg_current_wal_lsn()", on: master)
        var behind = plan.nodes.filter { $0.name != primary }
        let replayed = "SELECT pg_last_wal_replay_lsn() >= '\(position)'"
        try? until("every replica has replayed \(position)") {
            behind.removeAll { (try? value(replayed, on: $0)) == "t" }
            return behind.isEmpty
        }
        return behind.map(\.name)
    }

    /// Writes through the balancer and looks for that on the node's own port.
    func writeLands(on primary: String) throws -> Bool {
        let line = Line(plan.balancer, patience: Patience(connect: 5, answer: 10), application: "checker")
        let key = "-1"
        try until("a write through the balancer is accepted") {
            try line.run("INSERT INTO checker.lists VALUES (\(key), '{}') ON CONFLICT DO NOTHING")
            return true
        }
        return try value("SELECT count(*) FROM checker.lists WHERE key = \(key)", on: node(primary)) == "1"
    }

    func node(_ name: String) throws -> CheckPlan.Node {
        guard let node = plan.nodes.first(where: { $0.name == name }) else {
            throw CheckFailure(description: "the check knows no node \(name)")
        }
        return node
    }

    func rows(_ sql: String, on node: CheckPlan.Node) throws -> [[String?]] {
        let line = Line(node.address, patience: Patience(connect: 2, answer: plan.limit), application: "checker")
        return try line.run(sql)
    }

    private func value(_ sql: String, on node: CheckPlan.Node) throws -> String {
        let line = Line(node.address, patience: Patience(connect: 2, answer: 5), application: "checker")
        return try line.run(sql).first?.first.flatMap { $0 } ?? ""
    }

    /// Looks again every 50 ms; a look that fails counts as "not yet".
    private func until(
        _ what: String,
        because: () -> String = { "" },
        _ condition: () throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + .seconds(plan.limit)
        var last = ""
        while true {
            do {
                if try condition() { return }
                last = because()
            } catch { last = "\(error)" }
            guard ContinuousClock.now < deadline else {
                throw CheckFailure(description: "waited \(plan.limit) s in vain until \(what); last: \(last)")
            }
            rest(0.05)
        }
    }
}
