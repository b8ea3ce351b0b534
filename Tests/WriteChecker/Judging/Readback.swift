/// Reads back what is on every node and compares it with what the clients were told.
struct Readback {
    let ground: Ground

    func write(_ notes: [Crew.Notes], into report: inout CheckReport) throws {
        let primary = try ground.primaryName()
        report.primaryAfter = primary
        report.writeLanded = try ground.writeLands(on: primary)
        report.behind = try ground.catchUp(with: primary)
        for node in ground.plan.nodes where !report.behind.contains(node.name) {
            let there = try ground.rows("SELECT id FROM checker.writes ORDER BY n", on: node)
            let identifiers = there.compactMap { $0.first.flatMap { $0 }.flatMap { Int($0) } }
            report.nodes.append(RowVerdict(node: node.name, there: identifiers, diaries: notes.writes))
        }
        let master = try ground.node(primary)
        let total = try ground.rows("SELECT sum(balance) FROM checker.accounts", on: master)
        report.bankTotal = total.first?.first.flatMap { $0 }.flatMap { Int($0) }
        report.appendVerdict = AppendJudge.judge(notes.histories, lists: try lists(on: master))
    }

    private func lists(on node: CheckPlan.Node) throws -> [Int: [Int]] {
        let rows = try ground.rows("SELECT key, items FROM checker.lists WHERE key >= 0", on: node)
        let pairs = rows.compactMap { row in row[0].flatMap { Int($0) }.map { ($0, Row.list(row[1])) } }
        return Dictionary(pairs) { first, _ in first }
    }
}
