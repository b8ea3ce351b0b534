/// Reads through the balancer all the time: whether reads are possible, how far behind they are, whether money is missing.
struct ReadClient {
    /// What one reader remembers.
    struct Notes: Sendable {
        var diary = Diary()
        /// Reads that did not yet show a write that had been acknowledged before they began.
        var stale = 0
        /// Sums of all accounts other than the constant.
        var wrongTotals = 0
    }

    /// Sessions are short, since the balancer chooses a node for a session and not for a statement.
    private static let readsPerSession = 50

    let number: Int
    let line: Line
    let pause: Double
    let stage: Stage

    func run() -> Notes {
        var notes = Notes()
        var count = 0
        while !stage.isOver {
            do {
                try read(&notes)
                notes.diary.entries.append(Diary.Entry(id: count, outcome: .acknowledged, moment: stage.now))
            } catch {
                // What is abandoned at the end of the check is not a failure.
                guard !stage.isOver else { break }
                notes.diary.note(error, at: stage.now)
                notes.diary.entries.append(Diary.Entry(id: count, outcome: .failed, moment: stage.now))
                rest(0.01)
            }
            count += 1
            if count.isMultiple(of: Self.readsPerSession) { line.close() }
            rest(pause)
        }
        return notes
    }

    private func read(_ notes: inout Notes) throws(SQLFailure) {
        let clients = stage.progress
        guard let client = clients.keys.sorted().dropFirst(number % max(1, clients.count)).first else { return }
        let rows = try line.run(
            """
            SELECT (SELECT max(count) FROM checker.writes WHERE client = \(client)),
                (SELECT sum(balance) FROM checker.accounts)
            """
        )
        guard let row = rows.first, row.count == 2 else { return }
        if (row[0].flatMap { Int($0) } ?? -1) < clients[client] ?? -1 { notes.stale += 1 }
        if row[1].flatMap({ Int($0) }) != BankClient.total { notes.wrongTotals += 1 }
    }
}
