internal import ClusterModel

/// A balancer: its container, the agent in it, its nodes, and its clients.
struct SimulatedBalancer: Sendable {
    /// As its container was made, with its image settled.
    var spec: BalancerSpec
    var container: ObservedContainer?
    /// Whether the balancer in the container serves.
    var isReady = false
    var record: PrimaryRecord?
    var listedNodes: [Int]?
    var nodes: [SimulatedNode] = []
    var clients = SimulatedClients()
    /// Parameters that it has.
    var inForce: [String: String] = [:]
    /// What its agent is doing.
    var operation: Operation?
    /// How the last one ended.
    var lastOutcome: Operation.Outcome?
    var operations = 0
    /// True while a failover is planned.
    var isAlarmed = false
    /// True when nodes failed by themselves since the beginning: what planned operations promise is off then.
    var isDisturbed = false
    /// Finished failovers and switchovers.
    var history: [Document] = []
    var generation = 0
    /// A major upgrade that is neither committed nor taken back.
    var upgrade: UpgradeRecord?
    var upgradeIsUnreadable = false

    /// Something that the agent does in several phases.
    struct Operation: Sendable, Equatable {
        enum Outcome: Sendable, Equatable {
            case done(String)
            case rolledBack(String)
        }
        enum Phase: Sendable, Equatable {
            case stopping, promoting, restarting
        }
        let number: Int
        let title: String
        let from: Int
        let to: Int
        let began: Double
        var phase = Phase.stopping
        /// True when it holds the clients itself.
        var holds: Bool
    }

    var name: String { spec.name }
    var isRunning: Bool { container?.state == .running }
    /// The node that the record names.
    var recorded: SimulatedNode? { record.flatMap { node($0.node) } }
    /// Whom clients that write are sent to.
    var primary: SimulatedNode? {
        guard isRunning, isReady, let recorded, recorded.isServing else { return nil }
        return recorded
    }
    /// The server that replicas can follow.
    var source: SimulatedNode? { recorded.flatMap { $0.isWritable ? $0 : nil } }

    func index(of id: Int) -> Int? { nodes.firstIndex { $0.id == id } }
    func node(_ id: Int) -> SimulatedNode? { index(of: id).map { nodes[$0] } }

    /// Replicas as the primary sees them.
    func followers(of data: WriteAheadLog) -> [PostgresView.Follower] {
        nodes.filter { $0.role == .replica && $0.isStreaming && $0.answers }.map { node in
            PostgresView.Follower(
                name: node.spec.replicationName,
                state: "streaming",
                lagBytes: max(0, data.position - (node.data?.position ?? 0)),
                sync: spec.sync > 0 ? "quorum" : "async"
            )
        }
    }

    /// One slot for each other node on the list.
    func slots(of primary: SimulatedNode) -> [PostgresView.Slot] {
        (listedNodes ?? []).filter { $0 != primary.id }.map { id in
            let isActive = node(id)?.isStreaming == true
            return PostgresView.Slot(
                name: "pgbc_\(id)",
                active: isActive,
                retainedBytes: 0,
                walStatus: "reserved"
            )
        }
    }
}
