/// Reads lists and appends to them in transactions; what it saw is judged afterwards.
struct AppendClient {
    let number: Int
    let transactions: TransactionClient

    func run(limit: Int) -> (diary: Diary, history: [AppendTransaction]) {
        var diary = Diary()
        var history: [AppendTransaction] = []
        var dice = Dice(seed: UInt64(number))
        var operations: [AppendTransaction.Operation] = []
        var appended = 0
        transactions.run(limit: limit, &diary) { (line: Line) throws(SQLFailure) in
            // A few keys at a time, so that clients meet; new ones after a while, so that lists stay short.
            let first = history.count / 100 * 3
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let key = first + Int.random(in: 0..<3, using: &dice)
                if Bool.random(using: &dice) {
                    operations.append(.read(key: key, values: try read(key, line)))
                } else {
                    let value = Row.id(client: number, count: appended)
                    appended += 1
                    operations.append(.append(key: key, value: value))
                    try append(value, to: key, line)
                }
            }
        } done: { outcome in
            history.append(AppendTransaction(client: number, operations: operations, outcome: outcome))
            // The next transaction may fail before it does anything.
            operations = []
        }
        return (diary, history)
    }

    private func read(_ key: Int, _ line: Line) throws(SQLFailure) -> [Int] {
        let rows = try line.run("/*NO LOAD BALANCE*/ SELECT items FROM checker.lists WHERE key = \(key)")
        return Row.list(rows.first?.first.flatMap { $0 })
    }

    private func append(_ value: Int, to key: Int, _ line: Line) throws(SQLFailure) {
        try line.run(
            """
            INSERT INTO checker.lists AS l (key, items) VALUES (\(key), '{\(value)}')
            ON CONFLICT (key) DO UPDATE SET items = l.items || excluded.items
            """
        )
    }
}

extension Row {
    /// A PostgreSQL array of numbers, e.g. `{1,2}`.
    static func list(_ text: String?) -> [Int] {
        (text ?? "").split { "{,}".contains($0) }.compactMap { Int($0) }
    }
}
