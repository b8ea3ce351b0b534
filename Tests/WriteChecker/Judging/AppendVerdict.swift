/// What the append workload showed. Everything but the first two and the lost ones is a fault of the database.
public struct AppendVerdict: Sendable, Codable, Equatable {
    /// Transactions judged, those that had ended in doubt and turned out committed included.
    public var committed = 0
    /// What they appended.
    public var appends = 0
    /// Acknowledged appends that are not there.
    public var lost = 0
    /// Reads of values that are not there any more: their transaction was lost in a failover.
    public var readsOfLost = 0
    /// Values that are there twice.
    public var duplicated = 0
    /// Values there whose transaction was refused.
    public var dirty = 0
    /// Transactions of which a part is there.
    public var torn = 0
    /// Reads that are no beginning of the final list.
    public var incompatibleReads = 0
    /// Transactions on cycles that snapshot isolation forbids (lost updates, read skew, circular information).
    public var cyclic = 0

    /// True when what is there obeys snapshot isolation.
    public var isSnapshotIsolated: Bool {
        duplicated == 0 && dirty == 0 && torn == 0 && incompatibleReads == 0 && cyclic == 0
    }
}
