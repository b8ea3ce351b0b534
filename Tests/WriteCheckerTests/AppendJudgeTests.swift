import Testing

@testable import WriteChecker

struct AppendJudgeTests {
    @Test
    func `a serial history is snapshot-isolated`() {
        let history: [AppendTransaction] = [
            .by(0, .append(key: 1, value: 10)),
            .by(1, .read(key: 1, values: [10]), .append(key: 1, value: 20)),
            .by(0, .read(key: 1, values: [10, 20]), .append(key: 2, value: 11)),
        ]
        let verdict = AppendJudge.judge(history, lists: [1: [10, 20], 2: [11]])
        #expect(verdict.isSnapshotIsolated && verdict.committed == 3 && verdict.appends == 3 && verdict.lost == 0)
    }

    @Test
    func `a write skew is allowed, since snapshot isolation allows it`() {
        let history: [AppendTransaction] = [
            .by(0, .read(key: 1, values: []), .append(key: 2, value: 1)),
            .by(1, .read(key: 2, values: []), .append(key: 1, value: 2)),
        ]
        #expect(AppendJudge.judge(history, lists: [1: [2], 2: [1]]).isSnapshotIsolated)
    }

    @Test
    func `a lost update is found`() {
        let history: [AppendTransaction] = [
            .by(0, .read(key: 1, values: []), .append(key: 1, value: 1)),
            .by(1, .read(key: 1, values: []), .append(key: 1, value: 2)),
        ]
        #expect(AppendJudge.judge(history, lists: [1: [1, 2]]).cyclic > 0)
    }

    @Test
    func `a read of half a transaction is found`() {
        let history: [AppendTransaction] = [
            .by(0, .append(key: 1, value: 1), .append(key: 2, value: 2)),
            .by(1, .read(key: 1, values: [1]), .read(key: 2, values: [])),
        ]
        #expect(AppendJudge.judge(history, lists: [1: [1], 2: [2]]).cyclic > 0)
    }

    @Test
    func `a client that does not see its own last transaction is found`() {
        let history: [AppendTransaction] = [.by(0, .append(key: 1, value: 1)), .by(0, .read(key: 1, values: []))]
        #expect(AppendJudge.judge(history, lists: [1: [1]]).cyclic > 0)
    }

    @Test
    func `reads in another order than the final one, double values, and halves are found`() {
        let read = AppendTransaction.by(0, .read(key: 1, values: [2, 1]))
        #expect(AppendJudge.judge([read], lists: [1: [1, 2]]).incompatibleReads == 1)
        #expect(AppendJudge.judge([], lists: [1: [1, 2, 1]]).duplicated == 1)
        let both: [AppendTransaction.Operation] = [.append(key: 1, value: 1), .append(key: 2, value: 2)]
        let unknown = AppendTransaction(client: 0, operations: both, outcome: .unknown)
        #expect(AppendJudge.judge([unknown], lists: [1: [1]]).torn == 1)
    }

    @Test
    func `what was acknowledged and is gone is lost, what was refused and is there is dirty`() {
        let lost = AppendTransaction.by(0, .append(key: 1, value: 1))
        let refused = AppendTransaction(client: 1, operations: [.append(key: 1, value: 2)], outcome: .failed)
        let verdict = AppendJudge.judge([lost, refused], lists: [1: [2]])
        #expect(verdict.lost == 1 && verdict.dirty == 1)
    }
}

extension AppendTransaction {
    static func by(_ client: Int, _ operations: Operation...) -> AppendTransaction {
        AppendTransaction(client: client, operations: operations, outcome: .acknowledged)
    }
}
