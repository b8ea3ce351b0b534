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
        /// Connect a container to the cluster's network again.
        case connect(container: String)
        /// Create the container that watches over the cluster, with these arguments for `pgbc watch`; not started.
        case createWatcher(arguments: [String])
        /// Wait until that container has looked at the cluster once.
        case awaitWatcher
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
        /// Put what is wanted now (topology, settings, parameters, options) on the control volume.
        case writeWanted
        /// Have a node read its settings again, and wait until PostgreSQL has them or says that they need a restart.
        case reloadNode(balancer: String, node: Int)
        /// Have the balancer read its parameters again, and wait until it has them.
        case reloadBalancer(balancer: String)
        /// Stop PostgreSQL in a node's container cleanly, and the container; it stays stopped.
        case stopNode(balancer: String, node: Int)
        /// Stop PostgreSQL in a node's container cleanly, and start it again.
        case restartNode(balancer: String, node: Int)
        /// Take a node out of the balancer; it stays out until it is attached.
        case detach(balancer: String, node: Int)
        /// Put a node back into the balancer.
        case attach(balancer: String, node: Int)
        /// Hold the balancer's clients: they wait instead of failing, for so many seconds at most.
        case pauseClients(balancer: String, seconds: Int)
        /// Let the balancer's clients go on.
        case resumeClients(balancer: String)
        /// Make another node the primary without losing a transaction; `nil` for the replica that is furthest ahead.
        case switchover(balancer: String, to: Int?, seconds: Int)
        /// Make another node the primary although the old one cannot take part; what no replica had received is lost.
        case failover(balancer: String, to: Int?)
        /// Throw a replica's data away and clone it anew.
        case reclone(balancer: String, node: Int)
        /// Ask pg_upgrade, beside the running servers, whether the data can be upgraded; changes nothing of theirs.
        case checkUpgrade(balancer: String, UpgradeRecord)
        /// Write down how far a major upgrade is; `nil` when there is none any more.
        case noteUpgrade(balancer: String, UpgradeRecord?)
        /// Make the data of the new major version beside the old, which stays; the servers are down.
        case upgradeData(balancer: String, UpgradeRecord)
        /// Remove the data of the new major version, and make the old primary the primary again; the servers are down.
        case undoUpgrade(balancer: String, UpgradeRecord)
        /// Remove the data of the old major version.
        case commitUpgrade(balancer: String, UpgradeRecord)
        /// Write new secrets where the containers read them, with the old ones beside them.
        case writeSecrets([SecretName])
        /// Give a balancer's roles their new passwords, have its nodes and its agent use them, and see that all of them do.
        case takeSecrets(balancer: String)
        /// Take away the old secrets.
        case forgetSecrets
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
        case .removeContainer, .removeVolume, .removeNetwork, .awaitDetached, .stopNode, .detach, .failover, .reclone,
            .undoUpgrade, .commitUpgrade:
            true
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
    /// The engine's identifier of the lock under which it is carried out; `nil` while it is only looked at.
    public var lock: String?
    /// What a reader should know beside the steps, one sentence each.
    public var notes: [String] = []
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

    /// This plan and then another, each step of which waits for all of this one. Names of its own steps get a prefix, because
    /// both may create and remove the same things.
    public func followed(by next: Plan) -> Plan {
        let own = steps.map { step in
            Step(
                id: "before:\(step.id)",
                action: step.action,
                title: step.title,
                cause: step.cause,
                dependencies: step.dependencies.map { "before:\($0)" }
            )
        }
        let later = next.steps.map { step in
            Step(
                id: step.id,
                action: step.action,
                title: step.title,
                cause: step.cause,
                dependencies: step.dependencies + own.map(\.id)
            )
        }
        var whole = Plan(cluster: cluster, desired: next.desired, steps: own + later)
        whole.notes = notes + next.notes
        return whole
    }

    /// Adds a step. Dependencies on steps that this plan does not have are dropped: what they would do is already so.
    public mutating func add(
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
        let remarks = notes.map { "note: \($0)" }
        if steps.isEmpty {
            return (["nothing to do: \(cluster) is as it should be"] + remarks).joined(separator: "\n")
        }
        let width = steps.map(\.title.count).max() ?? 0
        let lines = steps.map { step in
            let sign = step.isDestructive ? "-" : "+"
            let padding = String(repeating: " ", count: width - step.title.count)
            return "\(sign) \(step.title)\(padding)  because \(step.cause)"
        }
        return (lines + remarks).joined(separator: "\n")
    }
}
