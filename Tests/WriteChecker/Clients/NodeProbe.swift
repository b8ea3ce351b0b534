/// Tries to write on a node's own port all the time, and remembers what the node was whenever that changed.
struct NodeProbe {
    /// What a node looks like from its own port.
    enum State: String, Sendable {
        /// No session, or no answer.
        case away
        /// It is a standby and does not stream.
        case alone
        case streaming
        /// It accepted a write.
        case writable
        /// It is no standby, and refused a write.
        case refusing
    }

    let line: Line
    let period: Double
    let stage: Stage
    let board: ProbeBoard

    /// Runs until the stage is over.
    func run() {
        while !stage.isOver {
            let begin = stage.now
            let state = look()
            if !stage.isOver { board.note(state, at: stage.now) }
            rest(max(0.001, begin + period - stage.now))
        }
    }

    private func look() -> State {
        let question = """
            SELECT pg_is_in_recovery(), (SELECT status FROM pg_stat_wal_receiver)
            """
        guard let row = try? line.run(question).first, row.count == 2 else { return .away }
        if row[0] == "t" { return row[1] == "streaming" ? .streaming : .alone }
        do {
            try line.run("INSERT INTO checker.direct DEFAULT VALUES")
            return .writable
        } catch {
            return line.isOpen ? .refusing : .away
        }
    }
}
