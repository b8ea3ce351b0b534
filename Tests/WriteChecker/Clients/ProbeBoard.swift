import Synchronization

/// What the probe of one node has seen so far.
final class ProbeBoard: Sendable {
    struct Change: Sendable {
        let moment: Double
        let state: NodeProbe.State
    }

    struct Content: Sendable {
        var changes: [Change] = []
        /// When writes were accepted, in seconds.
        var accepted: [Double] = []
        /// When the node was last looked at with an answer or a refusal.
        var latest: Double = 0
    }

    private let content = Mutex(Content())

    func note(_ state: NodeProbe.State, at moment: Double) {
        content.withLock { content in
            if content.changes.last?.state != state { content.changes.append(Change(moment: moment, state: state)) }
            if state == .writable { content.accepted.append(moment) }
            content.latest = moment
        }
    }

    var now: Content { content.withLock { $0 } }

    /// What the node was at the last look, if that was not longer ago than `age` seconds.
    func state(at moment: Double, notOlderThan age: Double) -> NodeProbe.State? {
        content.withLock { content in moment - content.latest <= age ? content.changes.last?.state : .away }
    }
}
