internal import ClusterModel
internal import Orchestration

/// What a change is about to reach, so that a resumed run completes it instead of counting again.
struct Intention: Sendable {
    let orchestrator: Orchestrator
    let primitives: PrimitiveTable

    /// Other changes say what they want to reach by themselves: done again, they do what is missing.
    func of(_ request: RecordedRequest) async -> Document {
        guard let cluster = request.cluster, let name = request.bound["balancer"]?.text else {
            return request.isUncertain ? ["uncertain": true] : .null
        }
        switch request.primitive.name {
        case "balancer.add_replicas":
            return await scaled(cluster, name, by: request.bound["count"]?.wholeNumber ?? 1)
        case "balancer.remove_replicas":
            let which = request.bound["which"] ?? 1
            if let count = which.wholeNumber { return await scaled(cluster, name, by: -count) }
            return ["gone": which.text.map { [.string($0)] } ?? which]
        case "balancer.switchover", "balancer.failover":
            guard request.bound["to"] == nil, let primary = await primary(of: name, in: cluster) else { return .null }
            return ["primary": .string(primary)]
        default: return request.isUncertain ? ["uncertain": true] : .null
        }
    }

    private func scaled(_ cluster: String, _ name: String, by difference: Int) async -> Document {
        let observed = try? await orchestrator.backend.observe(cluster, depth: .control)
        guard let now = observed?.topology?.balancer(name)?.replicas.count else { return .null }
        return ["replicas": .integer(max(0, now + difference))]
    }

    private func primary(of name: String, in cluster: String) async -> String? {
        let observed = try? await orchestrator.backend.observe(cluster, depth: .full)
        return observed?.balancer(name)?.primary?.spec.host
    }

    /// Waits until the balancer's agent has ended what it was told to do by the run that was cut; its own bounds are shorter.
    private func settle(_ name: String, in cluster: String) async throws {
        for _ in 0..<300 {
            let observed = try await orchestrator.backend.observe(cluster, depth: .full)
            guard observed.balancer(name)?.operation != nil else { return }
            try await orchestrator.backend.sleep(0.2)
        }
    }

    /// Completes a change that was begun, by what it wanted to reach. `nil`: doing it again does that.
    func complete(_ request: RecordedRequest, _ intention: Document, _ call: PrimitiveCall) async throws -> Document? {
        guard let cluster = request.cluster, let name = request.bound["balancer"]?.text else { return nil }
        if let replicas = intention["replicas"] {
            let wanted: [String: Document] = [
                "cluster": .string(cluster), "balancer": .string(name), "replicas": replicas,
            ]
            return try await perform("balancer.scale", wanted, call)
        }
        if let gone = intention["gone"]?.elements {
            return try await remove(gone.compactMap(\.text), cluster, name, call)
        }
        if let before = intention["primary"]?.text {
            try await settle(name, in: cluster)
            guard let now = await primary(of: name, in: cluster), now != before else { return nil }
            if request.primitive.name == "balancer.switchover" {
                let back: [String: Document] = [
                    "cluster": .string(cluster), "balancer": .string(name), "node": .string(before),
                    "state": "attached", "seconds": 60,
                ]
                _ = try await perform("node.wait", back, call)
            }
            let text = "it has happened: \(before) was primary, and \(now) is"
            return [
                "cluster": .string(cluster), "steps": [], "text": .string(text), "from": .string(before),
                "to": .string(now),
            ]
        }
        return nil
    }

    /// Takes away those that are still wanted; when there are none left, what remains of them.
    private func remove(
        _ names: [String],
        _ cluster: String,
        _ balancer: String,
        _ call: PrimitiveCall
    ) async throws -> Document {
        let topology = try await orchestrator.backend.observe(cluster, depth: .control).topology
        let nodes = topology?.balancer(balancer)?.nodes ?? []
        let left = names.filter { name in nodes.contains { $0.host == name || $0.containerName == name } }
        guard left.isEmpty else {
            let wanted: [String: Document] = [
                "cluster": .string(cluster), "balancer": .string(balancer),
                "which": .array(left.map(Document.string)),
            ]
            return try await perform("balancer.remove_replicas", wanted, call)
        }
        return try await perform("cluster.apply", ["cluster": .string(cluster), "prune": true], call)
    }

    private func perform(
        _ name: String,
        _ arguments: [String: Document],
        _ call: PrimitiveCall
    ) async throws -> Document {
        guard let primitive = primitives[name] else { return .null }
        return try await primitive.body(
            PrimitiveCall(orchestrator: call.orchestrator, console: call.console, arguments: arguments)
        )
    }
}

extension RecordedRequest {
    /// Whether doing it twice may do harm, and nothing that can be seen tells whether it happened.
    var isUncertain: Bool {
        ["node.exec", "node.query", "program.run", "file.append", "http.request"].contains(primitive.name)
            || !primitive.isKnown && effect != .read
    }
}

extension Primitive {
    /// Whether it is one of pgbc's own: a plugin's says nothing about being done twice.
    fileprivate var isKnown: Bool { Self.ownNames.contains(name) || name.hasPrefix("file.") }

    private static let ownNames = Set(Primitive.core.map(\.name))
}
