/// One thing to do to a cluster, with its cause. Carrying it out a second time changes nothing.
public struct Step: Sendable, Equatable, Identifiable {
    /// What is done. Each is one small operation of a backend.
    public enum Action: Sendable, Equatable {
        /// Create the cluster's network.
        case createNetwork
        /// Put the cluster's secrets where they are missing, and the list of each balancer's nodes where the containers read it.
        case writeControl
        /// Put the list of one balancer's nodes where its containers read it.
        case writeNodeList(balancer: String, nodes: [Int])
        /// Start the one-shot container that initialises the data of a fresh balancer's nodes.
        case seed(balancer: String)
        /// Wait until that container has ended well, and remove it.
        case awaitSeed(balancer: String)
        /// Create a node's container and its data volume; not started.
        case createNode(balancer: String, node: Int)
        /// Create a balancer's container; not started.
        case createBalancer(balancer: String)
        /// Start, or unpause, a container.
        case start(container: String)
        /// Wait until exactly one node is a primary that accepts writes.
        case awaitPrimary(balancer: String)
        /// Wait until a replica streams from its primary.
        case awaitStreaming(balancer: String, node: Int)
        /// Wait until the balancer accepts a write.
        case awaitBalancer(balancer: String)
        /// Wait until the balancer's own SQL view shows the node up.
        case awaitAttached(balancer: String, node: Int)
        /// Wait until the balancer's own SQL view shows the node no more, or down.
        case awaitDetached(balancer: String, node: Int)
        /// Remember that everything is to go, so that a cut run is completed by the next command.
        case markDestroying
        /// Stop and remove a container; with `graceful` it is given time to shut down cleanly.
        case removeContainer(name: String, graceful: Bool = true)
        /// Remove a volume.
        case removeVolume(name: String)
        /// Remove the network.
        case removeNetwork(name: String)
    }

    /// Unique in its plan, e.g. `start:primary1`.
    public let id: String
    /// What is done.
    public let action: Action
    /// A short sentence for people ("start replica2").
    public let title: String
    /// Why ("replica2 is wanted and is not there").
    public let cause: String
    /// Steps that must have succeeded first.
    public let dependencies: [String]

    /// A step.
    public init(id: String, action: Action, title: String, cause: String, dependencies: [String] = []) {
        self.id = id
        self.action = action
        self.title = title
        self.cause = cause
        self.dependencies = dependencies
    }

    /// True when the step takes something away.
    public var isDestructive: Bool {
        switch action {
        case .removeContainer, .removeVolume, .removeNetwork, .awaitDetached: true
        default: false
        }
    }
}

/// Steps in an order in which they could be carried out one by one; those that do not depend on each other may run together.
public struct Plan: Sendable, Equatable {
    /// The cluster that the plan is for.
    public let cluster: String
    /// What the cluster is to be afterwards; `nil` when it is to be gone.
    public let desired: Topology?
    /// The steps; a step's dependencies stand before it.
    public private(set) var steps: [Step]

    /// A plan without steps.
    public init(cluster: String, desired: Topology?, steps: [Step] = []) {
        self.cluster = cluster
        self.desired = desired
        self.steps = steps
    }

    /// True when nothing has to be done.
    public var isEmpty: Bool { steps.isEmpty }

    /// Adds a step. Dependencies on steps that this plan does not have are dropped: what they would do is already so.
    mutating func add(
        _ id: String,
        _ action: Step.Action,
        _ title: String,
        because cause: String,
        after dependencies: [String] = []
    ) {
        let known = Set(steps.map(\.id))
        steps.append(
            Step(id: id, action: action, title: title, cause: cause, dependencies: dependencies.filter(known.contains))
        )
    }
}

extension Plan: CustomStringConvertible {
    /// One line a step: `+ create network shop_net   because …`, with `-` for what takes something away.
    public var description: String {
        if steps.isEmpty { return "nothing to do: \(cluster) is as it should be" }
        let width = steps.map(\.title.count).max() ?? 0
        return steps.map { step in
            let sign = step.isDestructive ? "-" : "+"
            let padding = String(repeating: " ", count: width - step.title.count)
            return "\(sign) \(step.title)\(padding)  because \(step.cause)"
        }.joined(separator: "\n")
    }
}
