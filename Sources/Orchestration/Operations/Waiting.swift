public import ClusterModel

/// A state of a node that can be waited for.
public enum NodeState: String, Sendable, Equatable, CaseIterable {
    case running, stopped, primary, replica, streaming, attached, detached
    case caughtUp = "caught_up"
}

extension Orchestrator {
    /// Waits until a node is in a state, and returns the observation that showed it.
    @discardableResult
    public func wait(for state: NodeState, of target: Target, seconds: Double) async throws -> ObservedNode {
        let limit = await backend.time() + seconds
        while true {
            let observed = try await existing(target.cluster, depth: .glance)
            let scene = try Scene(
                observed,
                balancer: target.balancer,
                to: "wait for \(target.name) to be \(state.rawValue)"
            )
            let node = try scene.node(target.name)
            try scene.requireView(for: state)
            if scene.isIn(state, node) { return node }
            guard await backend.time() < limit else {
                throw ClusterError(
                    .timedOut,
                    operation: "see \(target.name) \(state.rawValue) within \(seconds.shortText) s",
                    message: "it is \(scene.words(for: node))",
                    advice: "pgbc status \(target.cluster)"
                )
            }
            try await backend.sleep(0.2)
        }
    }
}

extension Scene {
    /// Throws when nobody could ever see that state.
    fileprivate func requireView(for state: NodeState) throws {
        guard [.attached, .detached].contains(state), balancer.spec.driver.view == .none else { return }
        throw refused(
            "\(balancer.spec.driver.program) does not show which nodes it serves",
            "wait for it to be streaming"
        )
    }

    func isIn(_ state: NodeState, _ node: ObservedNode) -> Bool {
        let isReplica = node.postgres?.role == .replica
        switch state {
        case .running: return node.container?.state == .running && node.postgres != nil
        case .stopped: return node.container?.state != .running && node.container?.state != .restarting
        case .primary: return balancer.primary?.spec.id == node.spec.id
        case .replica: return isReplica
        case .streaming: return isReplica && node.postgres?.isStreaming == true
        case .caughtUp:
            return isReplica && node.postgres?.isStreaming == true
                && (node.lagBytes(in: balancer) ?? .max) < Self.caughtUp
        case .attached: return view(of: node)?.isServing == true
        case .detached: return balancer.pool != nil && view(of: node)?.isServing != true
        }
    }

    /// What a node is now, for somebody who waited for something else.
    fileprivate func words(for node: ObservedNode) -> String {
        guard let container = node.container else { return "not there" }
        guard container.state == .running else { return container.state.rawValue }
        guard let postgres = node.postgres else { return "running, and PostgreSQL does not answer" }
        let role =
            postgres.role == .primary
            ? "a primary" : postgres.isStreaming ? "a streaming replica" : "a replica that does not stream"
        let behind = node.lagBytes(in: balancer).map { $0 > 0 ? ", \($0.byteText) behind" : "" } ?? ""
        return "\(role)\(behind), \(view(of: node)?.status ?? "not known") to \(name)"
    }

    /// Less than this is what a busy primary is always ahead: one megabyte.
    private static let caughtUp = 1 << 20
}
