internal import ClusterModel

extension PrimitiveCall {
    /// What the cluster was last asked to be, read back from the engine.
    func topologyOnEngine() async throws -> Topology {
        let cluster = try text("cluster")
        let observed = try await orchestrator.backend.observe(cluster, depth: .engine)
        if let topology = observed.topology { return topology }
        guard observed.isAbsent else { throw ClusterError.noTopology(cluster) }
        throw ClusterError.noCluster(cluster, known: try await orchestrator.backend.clusters())
    }

    /// The topology that a call asks for, with everything allocated that its document leaves out.
    ///
    /// Without a document it is the one that the cluster was last asked to be.
    func desired() async throws -> Topology {
        guard let document = arguments["topology"] else { return try await topologyOnEngine() }
        let cluster = try text("cluster")
        let running = try await orchestrator.backend.observe(cluster, depth: .engine).topology
        let host = try await orchestrator.backend.hostUse(except: cluster)
        let source = optionalText("source") ?? "the topology"
        do {
            let topology = try Topology.load(document, source: source, host: host, running: running)
            guard topology.name == cluster else {
                throw ClusterError.anotherCluster(topology.name, than: cluster, source)
            }
            return topology
        } catch let error as InvalidTopology {
            throw ClusterError(error)
        }
    }
}

extension ClusterError {
    fileprivate static func anotherCluster(_ name: String, than cluster: String, _ source: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "use \(source) for \(cluster)",
            message: "it describes the cluster \(name)",
            advice: "use pgbc.cluster(\"\(name)\") for it"
        )
    }
}
