/// What a check found. Moments are seconds since the event began.
public struct CheckReport: Sendable, Codable {
    /// What clients of one kind saw.
    public struct Service: Sendable, Codable {
        /// Acknowledged.
        public var succeeded = 0
        /// Told that it had failed, or cut before the commit was sent.
        public var failed = 0
        /// Cut after the commit was sent.
        public var unknown = 0
        /// By `connect`, `cut`, `silent` or SQLSTATE; a refused connection counts each time it is tried.
        public var errors: [String: Int] = [:]
        /// Serialization failures, which belong to the isolation level.
        public var retries = 0
        /// The longest time between two successes of any clients of this kind.
        public var longestGap: Gap?
        /// The gaps longer than a tenth of a second.
        public var gaps: [Gap] = []
        /// The longest gap that a single client had, in seconds.
        public var worstClient = 0.0
    }

    /// A node was this from that moment on.
    public struct Change: Sendable, Codable {
        /// Seconds since the event began.
        public var at: Double
        /// The name of the node.
        public var node: String
        /// `away`, `alone` (a standby without a stream), `streaming`, `writable` or `refusing`.
        public var state: String
    }

    /// Something that the event said.
    public struct Mark: Sendable, Codable {
        /// Seconds since the event began.
        public var at: Double
        /// In the words of the event, or of the balancer.
        public var text: String
    }

    /// The clients that insert rows.
    public var writes = Service()
    /// The readers.
    public var reads = Service()
    /// The clients that move money.
    public var bank = Service()
    /// The clients that append to lists.
    public var append = Service()
    /// Reads that did not show a write that had been acknowledged before they began.
    public var staleReads = 0
    /// Reads of all accounts that did not add up to the constant.
    public var wrongTotalsRead = 0
    /// The primary when the check began.
    public var primaryBefore: String?
    /// The primary when everything was over.
    public var primaryAfter: String?
    /// True when a write through the balancer was seen on that primary's own port.
    public var writeLanded = false
    /// How long two nodes accepted writes on their own ports, in seconds.
    public var twoWritable = 0.0
    /// How many writes did so, counted on the node that accepted fewer.
    public var strayWrites = 0
    /// How long two servers took writes that came through the balancer, in seconds.
    public var twoServing = 0.0
    /// How many writes did so, counted on the server that took fewer.
    public var strayAcknowledgements = 0
    /// What is on each node that had caught up.
    public var nodes: [RowVerdict] = []
    /// Nodes that had not caught up with the primary in time.
    public var behind: [String] = []
    /// The sum of all accounts, read on the primary.
    public var bankTotal: Int?
    /// Whether the append workload was snapshot-isolated.
    public var appendVerdict = AppendVerdict()
    /// When every node streamed and was attached for good.
    public var healthyAt: Double?
    /// How long the event took.
    public var eventSeconds = 0.0
    /// How its command ended.
    public var eventStatus: Int32?
    /// What did not come true in time: writes of every client again, every node healthy, a readable primary.
    public var complaints: [String] = []
    /// What the event said, and when.
    public var marks: [Mark] = []
    /// What each node looked like from its own port.
    public var changes: [Change] = []
    /// How many nodes the balancer held up.
    public var poolChanges: [Mark] = []

    /// Failures that clients of every kind saw.
    public var clientErrors: Int {
        [writes, reads, bank, append].reduce(0) { $0 + $1.errors.values.reduce(0, +) }
    }

    /// Acknowledged writes that the primary does not have.
    public var lost: Int {
        (nodes.first { $0.node == primaryAfter }?.lost ?? writes.succeeded) + appendVerdict.lost
    }

    /// True when nothing is wrong with what is there; acknowledged writes may still have been lost.
    public var isConsistent: Bool {
        nodes.allSatisfy { $0.duplicated == 0 && $0.reordered == 0 && $0.undead == 0 } && behind.isEmpty
            && bankTotal == BankClient.total && wrongTotalsRead == 0 && appendVerdict.isSnapshotIsolated && writeLanded
            && complaints.isEmpty
    }
}
