internal import ClusterModel

extension PrimitiveCall {
    /// The topology that a call asks for, with everything allocated that its document leaves out.
    ///
    /// Without a document it is the one that the cluster was last asked to be.
    func desired() async throws -> Topology {
        let cluster = try text("cluster")
        let observed = try await orchestrator.backend.observe(cluster, depth: .engine)
        guard let document = arguments["topology"] else {
            if let topology = observed.topology { return topology }
            guard !observed.isAbsent else {
                throw ClusterError.noCluster(cluster, known: try await orchestrator.backend.clusters())
            }
            throw ClusterError.noTopology(cluster)
        }
        let host = try await orchestrator.backend.hostUse(except: cluster)
        let source = optionalText("source") ?? "the topology"
        do {
            let topology = try Topology.load(document, source: source, host: host, running: observed.topology)
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
