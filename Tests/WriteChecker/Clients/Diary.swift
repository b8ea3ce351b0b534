/// What one client remembers: how each of its transactions ended, and when.
struct Diary: Sendable {
    /// How a transaction ended for the client.
    enum Outcome: Sendable {
        case acknowledged
        /// The server said that it did not happen, or the session was gone before the commit was sent.
        case failed
        /// The session was gone after the commit was sent: it may or may not have happened.
        case unknown
    }

    /// One write: its identifier, its end, and the moment of that end in seconds.
    struct Entry: Sendable {
        let id: Int
        let outcome: Outcome
        let moment: Double
        /// The address of the server that took the write, if it told.
        var server: String?
    }

    var entries: [Entry] = []
    /// Failures by name (`connect`, `cut`, `silent`, an SQLSTATE).
    var failures: [String: Int] = [:]
    /// Moments of failures, in seconds; a refused connection that is tried again counts each time.
    var failureMoments: [Double] = []
    /// Transactions that ended by a serialization failure and were tried again: part of the isolation level.
    var retries = 0

    mutating func note(_ failure: SQLFailure, at moment: Double) {
        failures[failure.name, default: 0] += 1
        failureMoments.append(moment)
    }
}
