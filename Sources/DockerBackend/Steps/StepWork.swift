internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// The work of a plan's steps on the engine. Each function may be repeated.
struct StepWork {
    let backend: DockerClusterBackend
    let plan: Plan
    /// The container through which the control volume is written: the lock under which the plan is carried out. By its number,
    /// so that a run whose lock was taken away fails instead of writing under somebody else's.
    let lock: String
    let progress: ProgressHandler

    var client: DockerClient { backend.client }
    /// Where the cluster's published ports are reached.
    var host: String { backend.host(for: plan.desired?.bindAddress ?? Topology.defaultBindAddress) }

    /// What is wanted; only plans that destroy have none.
    func desired() throws -> Topology {
        guard let desired = plan.desired else {
            throw ClusterError(.failed, operation: "create in \(plan.cluster)", message: "the plan destroys it")
        }
        return desired
    }

    func balancer(_ name: String) throws -> BalancerSpec {
        guard let found = try desired().balancer(name) else {
            throw ClusterError(
                .notFound,
                operation: "find balancer \(name)",
                message: "it is not in the plan's topology"
            )
        }
        return found
    }

    func node(_ id: Int, of balancer: String) throws -> NodeSpec {
        guard let found = try self.balancer(balancer).nodes.first(where: { $0.id == id }) else {
            throw ClusterError(
                .notFound,
                operation: "find node \(id) of \(balancer)",
                message: "it is not in the plan's topology"
            )
        }
        return found
    }

    /// Creates a container. One of the same name that belongs to this cluster is kept, and is not new.
    func create(_ name: String, _ config: ContainerConfig) async throws -> (id: String, isNew: Bool) {
        do {
            return (try await client.createContainer(name, config), true)
        } catch {
            guard error.code == .conflict else { throw error }
            let existing = try await client.inspectContainer(name)
            guard existing.labels[Label.cluster] == plan.cluster else {
                throw ClusterError(
                    .conflict,
                    operation: "create container \(name)",
                    message: "a container of that name exists that does not belong to \(plan.cluster)",
                    advice: "rename or remove it, or give the node another container_name"
                )
            }
            return (existing.id, false)
        }
    }

    /// The last lines of a container's log, for an error.
    func lastWords(of container: String, lines count: Int = 8) async -> [String] {
        guard let chunks = try? await client.logs(container, tail: count) else { return [] }
        var lines: [String] = []
        do {
            for try await line in LogLines.stream(of: chunks) { lines.append(line.text) }
        } catch {
            lines.append("(its log could not be read)")
        }
        return lines
    }
}
