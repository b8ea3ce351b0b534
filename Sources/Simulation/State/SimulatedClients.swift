/// Clients of one balancer that write as fast as they are let, and remember what was acknowledged.
struct SimulatedClients: Sendable {
    /// How many there are.
    var count = 0
    /// Transactions per second of all of them, when nothing is in their way.
    var rate = 0.0
    /// Bytes of log that one transaction writes.
    static let bytes = 240
    /// Fractions of a transaction that are still to be written.
    var remainder = 0.0
    /// Transactions that were acknowledged.
    var acknowledged = 0
    /// The end of the last one.
    var lastAcknowledged: WriteAheadLog.Place?
    /// The end of the last one that replicas had to have first.
    var lastPromised: WriteAheadLog.Place?
    /// Held until then; `nil` while they run.
    var heldUntil: Double?
    /// Whether they could write since the balancer's container was made: before that nobody is connected.
    var areServed = false
    /// True while they get errors.
    var isFailing = false
    /// How often they began to get errors.
    var outages = 0
    /// Seconds without a write, in all.
    var idle = 0.0
    /// The longest time without a write.
    var longestIdle = 0.0
    /// How long that is now.
    var currentIdle = 0.0

    var isHeld: Bool { heldUntil != nil }
    var connected: Int { count }
}
