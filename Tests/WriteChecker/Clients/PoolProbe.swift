import Synchronization

/// Asks the balancer for its own view of the nodes, again and again.
struct PoolProbe {
    let line: Line
    let stage: Stage
    let board: PoolBoard

    func run() {
        while !stage.isOver {
            let asked = stage.now
            let rows = try? line.run("SHOW POOL_NODES")
            if rows == nil { line.close() }
            if !stage.isOver { board.note(rows ?? [], askedAt: asked, answeredAt: stage.now) }
            rest(0.05)
        }
    }
}

/// How many nodes the balancer holds up, whenever that changed.
final class PoolBoard: Sendable {
    struct Change: Sendable {
        let moment: Double
        let up: Int
    }

    private struct Content {
        var changes: [Change] = []
        var asked: Double = 0
    }

    private let content = Mutex(Content())

    /// Column 3 is the balancer's view of a node; `waiting` is up before the first session.
    func note(_ rows: [[String?]], askedAt asked: Double, answeredAt moment: Double) {
        let up = rows.count { $0.count > 3 && ["up", "waiting"].contains($0[3]) }
        content.withLock { content in
            if content.changes.last?.up != up { content.changes.append(Change(moment: moment, up: up)) }
            content.asked = asked
        }
    }

    var changes: [Change] { content.withLock { $0.changes } }

    /// How many were up by an answer to a question asked not longer ago than `age` seconds.
    func up(at moment: Double, notOlderThan age: Double) -> Int {
        content.withLock { content in moment - content.asked <= age ? content.changes.last?.up ?? 0 : 0 }
    }
}
