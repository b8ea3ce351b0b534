public import ClusterModel
internal import DockerEngine
public import Orchestration

extension DockerClusterBackend {
    /// Kills a node's container, hung or not. The engine does not start it again by itself: it was ended by a call.
    public func fence(_ target: Target) async throws {
        try await onEngine {
            let container = try await container(of: target)
            do {
                try await client.killContainer(container)
            } catch let error as EngineError {
                // What does not run accepts no writes.
                guard error.code == .conflict else { throw error }
            }
        }
    }

    /// What the balancer wrote down of its failovers and switchovers, oldest first: from its agent, else from the control volume.
    public func history(of target: Target) async throws -> [Document] {
        try await onEngine {
            let snapshot = try await snapshot(of: target.cluster)
            let (balancer, _) = try find(target, in: snapshot)
            let host = host(for: snapshot.topology?.bindAddress ?? Topology.defaultBindAddress)
            let probe = AgentProbe(client: client, balancer: balancer, host: host)
            if let stories = try? await probe.history() { return stories }
            return try await controlVolume(of: snapshot).history(of: target.balancer)
        }
    }
}
