internal import ClusterModel

/// A node: its container, its data, and the server in it.
struct SimulatedNode: Sendable {
    /// What the server is doing.
    enum Server: Sendable, Equatable {
        case down, starting, up
    }

    /// As its container was made, with its image settled.
    var spec: NodeSpec
    var container: ObservedContainer?
    var hasVolume = false
    /// `nil` before it was seeded or cloned.
    var data: WriteAheadLog?
    /// What a major upgrade left beside it.
    var oldData: WriteAheadLog?
    /// The major version of its data, when an upgrade changed it.
    var major: Int?
    var server = Server.down
    var role = PostgresView.Role.replica
    var isStreaming = false
    /// True while it neither answers nor ends.
    var isHung = false
    /// Taken out by hand.
    var isDetached = false
    /// Taken out by an operation that means to put it back.
    var isAway = false
    /// Stopped by hand: nobody starts it again by himself.
    var isStopped = false
    /// Whether its balancer sends clients there.
    var isServing = false
    /// Settings that the server has.
    var inForce: [String: String] = [:]
    /// Settings that wait for a restart.
    var pending: Set<String> = []
    /// Settings that the server refuses, with its words.
    var refused: [String: String] = [:]
    /// What a real server said that this one stands for, for what is not simulated.
    var model: PostgresView?
    /// Whether the balancer's next check will find it away.
    var isNoticed = false
    /// Counts what was done to it, so that what was planned for an earlier state is dropped.
    var generation = 0
    /// Whether something is planned for this state already.
    var isExpecting = false
    /// The same for being put back into the balancer.
    var isAwaited = false

    var id: Int { spec.id }
    var isRunning: Bool { container?.state == .running }
    /// Whether it answers.
    var answers: Bool { isRunning && server == .up && !isHung }
    /// Whether it accepts writes.
    var isWritable: Bool { answers && role == .primary }

    /// Drops what was planned for it.
    mutating func touch() {
        generation += 1
        isExpecting = false
        isAwaited = false
    }

    /// Ends the server, as a stop or a kill does.
    mutating func end() {
        touch()
        server = .down
        isStreaming = false
        isHung = false
    }
}

extension SimulatedNode {
    /// What the server answers about itself.
    func view(in balancer: SimulatedBalancer) -> PostgresView? {
        guard answers, let data else { return nil }
        var view = model ?? .simulatedModel
        view.role = role
        if let major { view.version = "\(major)" }
        view.timeline = data.timeline
        view.position = data.position
        view.lsn = data.position.lsn
        view.systemIdentifier = data.system
        view.isStreaming = role == .replica && isStreaming
        view.lagSeconds = role == .replica ? 0 : nil
        view.pendingRestart = pending.sorted()
        view.refusedSettings = refused
        view.connections = 2 + (isServing ? balancer.clients.connected : 0)
        view.maxConnections = inForce["max_connections"].flatMap { Int($0) } ?? view.maxConnections
        view.followers = role == .primary ? balancer.followers(of: data) : []
        view.slots = role == .primary ? balancer.slots(of: self) : []
        return view
    }
}

extension PostgresView {
    /// A server as the default image has it.
    static let simulatedModel = PostgresView(
        role: .replica,
        version: "15.18",
        timeline: 1,
        lsn: "0/3000000",
        position: 0x300_0000,
        systemIdentifier: WriteAheadLog.fresh.system,
        maxConnections: 100
    )
}
