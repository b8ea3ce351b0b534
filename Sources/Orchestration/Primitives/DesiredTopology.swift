internal import ClusterModel

extension PrimitiveCall {
    /// What the cluster was last asked to be, read back from the engine.
    func topologyOnEngine() async throws -> Topology {
        let cluster = try text("cluster")
        let observed = try await orchestrator.backend.observe(cluster, depth: .control)
        return try await orchestrator.topology(.asLastAsked, of: cluster, given: observed)
    }

    /// What a call asks for: its topology, or else what the cluster was last asked to be.
    var wanted: WantedTopology {
        guard let document = arguments["topology"] else { return .asLastAsked }
        return .document(document, source: optionalText("source") ?? "the topology")
    }
}
