/// Moves money between accounts: it reads two balances and writes both anew, so that a lost update changes the total.
struct BankClient {
    static let accounts = 10
    static let total = 1000

    let number: Int
    let transactions: TransactionClient

    func run(limit: Int) -> Diary {
        var diary = Diary()
        var dice = Dice(seed: UInt64(number))
        transactions.run(limit: limit, &diary) { (line: Line) throws(SQLFailure) in
            let from = Int.random(in: 1...Self.accounts, using: &dice)
            let to = (from + Int.random(in: 0..<(Self.accounts - 1), using: &dice)) % Self.accounts + 1
            let amount = Int.random(in: 1...5, using: &dice)
            for (account, change) in [(from, -amount), (to, amount)] {
                let balance = try balance(of: account, line)
                try line.run("UPDATE checker.accounts SET balance = \(balance + change) WHERE id = \(account)")
            }
        } done: { _ in
        }
        return diary
    }

    /// The comment keeps the balancer from sending the question to a replica: the isolation is judged on the primary.
    private func balance(of account: Int, _ line: Line) throws(SQLFailure) -> Int {
        let rows = try line.run("/*NO LOAD BALANCE*/ SELECT balance FROM checker.accounts WHERE id = \(account)")
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }
}
