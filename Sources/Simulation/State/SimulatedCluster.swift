internal import ClusterModel

/// One cluster in memory: what exists, what runs, and what is about to happen by itself.
struct SimulatedCluster: Sendable {
    var name: String
    var network: ObservedNetwork?
    var volumes: Set<String> = []
    var strays: [ObservedContainer] = []
    /// The container that watches over it; here it does nothing.
    var watcher: ObservedContainer?
    var isBeingDestroyed = false
    /// What was asked for last, as the control volume has it.
    var wanted: Topology?
    /// What was asked for when containers were made, as their labels have it.
    var labelled: Topology?
    var balancers: [SimulatedBalancer] = []
    /// What the containers do by themselves, at its time.
    var agenda = Queue<Deed>()
    /// Seconds since the simulation began.
    var now = 0.0
    var dice: SeededDice
    /// Client writes per second to each balancer.
    var writesPerSecond = 0.0
    /// What happened, for whoever has to understand a failure.
    var story: [Happening] = []
    /// What must never be, and was.
    var violations: [String] = []

    init(name: String, dice: SeededDice, now: Double = 0) {
        self.name = name
        self.dice = dice
        self.now = now
    }

    /// True when nothing of it is left.
    var isAbsent: Bool {
        network == nil && volumes.isEmpty && strays.isEmpty && watcher == nil
            && balancers.allSatisfy { $0.container == nil && $0.nodes.allSatisfy { $0.container == nil } }
    }

    func balancer(_ name: String) -> SimulatedBalancer? { index(of: name).map { balancers[$0] } }
    func index(of name: String) -> Int? { balancers.firstIndex { $0.name == name } }

    mutating func tell(_ text: String) { story.append(Happening(time: now, text: text)) }

    mutating func violate(_ text: String) {
        if !violations.contains(text) { violations.append(text) }
        tell("VIOLATION: \(text)")
    }
}

/// One line of a simulated cluster's story.
struct Happening: Sendable, Equatable {
    /// Seconds since the simulation began.
    var time: Double
    var text: String
}

/// Something that happens by itself at its time, unless the state that it was planned for is gone.
struct Deed: Sendable {
    enum Kind: Sendable {
        /// A container that died is started again by the engine.
        case containerRestarts
        /// A server has started.
        case boots
        /// A replica finds its primary.
        case streams
        /// The balancer takes a node in.
        case attaches
        /// The balancer notices that a node does not answer.
        case noticesSilence
        /// A node that hung goes on.
        case wakes
        /// A balancer has started.
        case serves
        /// The agent replaces the primary.
        case failsOver
        /// The agent lets held clients go.
        case letsGo
        /// The agent is ready for the next phase of its operation.
        case proceeds
        /// A fault of the trial.
        case fails(Fault)
    }

    var kind: Kind
    var balancer: String
    var node: Int?
    /// The generation of the node, or the balancer, or the number of the operation, that it was planned for; `nil` for any.
    var generation: Int?

    /// Whether the node is still in the state that this was planned for. A balancer's check, and the engine's restart
    /// of what died, come whatever is done to the node.
    func isFor(_ node: SimulatedNode) -> Bool {
        switch kind {
        case .noticesSilence: true
        case .containerRestarts: node.container?.state == .restarting
        default: generation == nil || generation == node.generation
        }
    }
}
