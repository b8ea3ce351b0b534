/// Writes rows with identifiers of its own, one after another, until the stage is over.
///
/// Clients with an even number let each INSERT commit itself; the others send BEGIN, INSERT and COMMIT, so that both
/// kinds of sessions are under way when something happens.
struct InsertClient {
    let number: Int
    let line: Line
    /// Seconds between two writes.
    let pause: Double
    let stage: Stage

    func run() -> Diary {
        var diary = Diary()
        var count = 0
        while !stage.isOver {
            guard opens(&diary) else { continue }
            let id = Row.id(client: number, count: count)
            var server: String?
            let outcome = write(id, count, &diary, &server)
            diary.entries.append(Diary.Entry(id: id, outcome: outcome, moment: stage.now, server: server))
            if outcome == .acknowledged { stage.countWrite(number, count) }
            count += 1
            rest(pause)
        }
        return diary
    }

    /// A refused connection is tried again a moment later, as applications do.
    private func opens(_ diary: inout Diary) -> Bool {
        do {
            try line.open()
            return true
        } catch {
            diary.note(error, at: stage.now)
            rest(0.01)
            return false
        }
    }

    private func write(_ id: Int, _ count: Int, _ diary: inout Diary, _ server: inout String?) -> Diary.Outcome {
        let isSingle = number.isMultiple(of: 2)
        var isCommitting = isSingle
        do {
            let insert = """
                INSERT INTO checker.writes (id, client, count) VALUES (\(id), \(number), \(count))
                RETURNING inet_server_addr()
                """
            if isSingle {
                server = try line.run(insert).first?.first.flatMap { $0 }
            } else {
                try line.run("BEGIN")
                server = try line.run(insert).first?.first.flatMap { $0 }
                isCommitting = true
                try line.run("COMMIT")
            }
            return .acknowledged
        } catch {
            diary.note(error, at: stage.now)
            if line.isOpen, !isSingle { line.close() }
            return isCommitting && error.leavesCommitOpen ? .unknown : .failed
        }
    }
}

/// A row's identifier says who wrote it and as which one.
enum Row {
    static func id(client: Int, count: Int) -> Int { client << 32 | count }
    static func client(of id: Int) -> Int { id >> 32 }
    static func count(of id: Int) -> Int { id & 0xFFFF_FFFF }
}
