/// Runs one transaction after another at repeatable read, which is snapshot isolation in PostgreSQL.
struct TransactionClient {
    let line: Line
    let pause: Double
    let stage: Stage

    /// Runs `body` in transactions until the stage is over or `limit` of them have ended; `done` learns how each ended.
    func run(
        limit: Int,
        _ diary: inout Diary,
        body: (Line) throws(SQLFailure) -> Void,
        done: (Diary.Outcome) -> Void
    ) {
        var count = 0
        while !stage.isOver, count < limit {
            let outcome = attempt(&diary, body)
            diary.entries.append(Diary.Entry(id: count, outcome: outcome, moment: stage.now))
            done(outcome)
            count += 1
            rest(outcome == .acknowledged ? pause : max(pause, 0.01))
        }
    }

    private func attempt(_ diary: inout Diary, _ body: (Line) throws(SQLFailure) -> Void) -> Diary.Outcome {
        var isCommitting = false
        do {
            try line.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try body(line)
            isCommitting = true
            try line.run("COMMIT")
            return .acknowledged
        } catch {
            return settle(error, isCommitting, &diary)
        }
    }

    /// A serialization failure or a deadlock is how the isolation level works; everything else is remembered.
    private func settle(_ error: SQLFailure, _ isCommitting: Bool, _ diary: inout Diary) -> Diary.Outcome {
        if error.kind == .refused("40001") || error.kind == .refused("40P01") {
            diary.retries += 1
        } else {
            diary.note(error, at: stage.now)
        }
        if line.isOpen, (try? line.run("ROLLBACK")) == nil { line.close() }
        return isCommitting && error.leavesCommitOpen ? .unknown : .failed
    }
}
