internal import ClusterModel
internal import Orchestration

/// Names of what the engine holds now, for completion: asked once, and given up soon.
struct LiveNames: Sendable {
    let backend: any ClusterBackend
    /// The cluster that the command line names.
    let cluster: String?

    /// How long a shell is kept waiting.
    static let patience = Duration.milliseconds(800)

    func names(_ kind: ValueKind) async -> [Candidate] {
        await withTaskGroup(of: [Candidate]?.self) { group in
            group.addTask { try? await asked(kind) }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 } ?? []
        }
    }

    private func asked(_ kind: ValueKind) async throws -> [Candidate] {
        let clusters = try await backend.clusters().sorted()
        guard kind != .clusters else { return clusters.map { Candidate($0, "cluster") } }
        let chosen = cluster.map { name in clusters.filter { $0 == name } } ?? clusters
        var found: [Candidate] = []
        for name in chosen.prefix(20) {
            for balancer in try await backend.observe(name, depth: .engine).balancers {
                if kind != .nodes { found.append(Candidate(balancer.spec.name, "balancer of \(name)")) }
                guard kind != .balancers else { continue }
                found += balancer.nodes.map { Candidate($0.spec.host, "node of \(balancer.spec.name)") }
            }
        }
        return found
    }
}
