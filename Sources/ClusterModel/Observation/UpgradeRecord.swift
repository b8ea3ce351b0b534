/// A major upgrade of a balancer's nodes, from its beginning until it is committed or taken back. It is kept on the control volume, so
/// that whichever command comes next carries it on.
public struct UpgradeRecord: Sendable, Equatable, Codable {
    /// How far it is.
    public enum Phase: String, Sendable, Equatable, Codable {
        /// Under way; the new primary has not accepted a write yet.
        case begun
        /// Under way; the new primary accepts writes, so that going back would lose them.
        case serving
        /// Every node runs the new image; the old data is still there.
        case complete
        /// The old images and the old data are being put back.
        case undoing
        /// The old data is being removed.
        case committing
    }

    /// The images before, by the node's number.
    public var from: [Int: String]
    /// The new image of all nodes.
    public var to: String
    /// The major version of the old data.
    public var fromMajor: Int
    /// The major version of the new data.
    public var toMajor: Int
    /// The node that was the primary, whose data is upgraded; the others are cloned from it.
    public var node: Int
    /// How far it is.
    public var phase: Phase

    /// A record.
    public init(
        from: [Int: String],
        to: String,
        fromMajor: Int,
        toMajor: Int,
        node: Int,
        phase: Phase = .begun
    ) {
        self.from = from
        self.to = to
        self.fromMajor = fromMajor
        self.toMajor = toMajor
        self.node = node
        self.phase = phase
    }

    /// The same, that far.
    public func at(_ phase: Phase) -> UpgradeRecord {
        var record = self
        record.phase = phase
        return record
    }

    /// True when a run was cut, or is at work.
    public var isUnfinished: Bool { phase != .complete }

    /// What carries on an upgrade that was cut, as a sentence for people.
    public var wayOn: String {
        switch phase {
        case .begun, .serving, .complete: "pgbc upgrade --image \(to) goes on, --rollback takes it back"
        case .undoing: "pgbc upgrade --rollback goes on"
        case .committing: "pgbc upgrade --commit goes on"
        }
    }

    /// The image that a node is to have in this phase.
    public func image(of node: Int) -> String {
        phase == .undoing ? from[node] ?? from[self.node] ?? to : to
    }
}
