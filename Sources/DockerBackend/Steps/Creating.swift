internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    func createNetwork() async throws -> String? {
        let desired = try desired()
        let config = NetworkConfig(
            name: desired.network.name,
            subnet: desired.network.subnet.description,
            gateway: desired.network.gateway.description,
            labels: desired.labels(.network)
        )
        do {
            _ = try await client.createNetwork(config)
        } catch {
            guard error.code == .conflict else { throw error }
            let existing = try await client.inspectNetwork(config.name)
            guard existing.labels[Label.cluster] == plan.cluster else { throw error }
        }
        return nil
    }

    func writeControl() async throws -> String? {
        let desired = try desired()
        let control = try await controlVolume()
        var files = (control.secrets ?? Secrets()).files
        for balancer in desired.balancers where control.record(of: balancer.name) == nil {
            files.append(UploadFile("\(balancer.name)/nodes", balancer.nodeList(balancer.nodes.map(\.id))))
        }
        try await upload(files, to: lockName, at: ContainerPath.control)
        return nil
    }

    func writeNodeList(of name: String, _ nodes: [Int]) async throws -> String? {
        let balancer = try balancer(name)
        try await upload(
            [UploadFile("\(name)/nodes", balancer.nodeList(nodes))],
            to: lockName,
            at: ContainerPath.control
        )
        guard balancer.driver == .pgbalancer else { return nil }
        return try await reloadPgBalancer(balancer)
    }

    /// The user's own image reads no list: its configuration is written anew, and read again on a signal.
    private func reloadPgBalancer(_ balancer: BalancerSpec) async throws -> String? {
        let container = BalancerContainer(topology: try desired(), balancer: balancer)
        do {
            try await client.upload(container.files(try await secrets()), to: balancer.containerName, at: "/")
            try await client.killContainer(balancer.containerName, signal: "SIGHUP")
        } catch let error as EngineError where error.code == .notFound || error.code == .conflict {
            return "\(balancer.containerName) does not run: it reads its configuration when it starts"
        }
        return nil
    }

    func createNode(_ id: Int, of balancer: String) async throws -> String? {
        let node = try node(id, of: balancer)
        let container = NodeContainer(topology: try desired(), balancer: try self.balancer(balancer), node: node)
        _ = try await create(node.containerName, container.config)
        return nil
    }

    func createBalancer(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        _ = try await create(
            balancer.containerName,
            BalancerContainer(topology: try desired(), balancer: balancer).config
        )
        return nil
    }

    /// Initialises the data of all nodes of a balancer in one container that sees all of their volumes.
    func seed(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        let seed = SeedContainer(topology: try desired(), balancer: balancer)
        let container = ContainerName.seed(plan.cluster, name)
        try await backend.removeIfPresent(container)
        let id = try await create(container, seed.config)
        try await upload(seed.files, to: id, at: "/")
        let code = try await runToEnd(id)
        guard code == 0 else {
            throw ClusterError(
                .failed,
                operation: "initialise the data of \(name)",
                message: "the container \(container) ended with code \(code)",
                advice: "its last lines are above; docker logs \(container) has them all",
                details: await lastWords(of: id)
            )
        }
        try await backend.removeIfPresent(id)
        return nil
    }

    /// Bounded by the container's own limits; the engine is given longer than those.
    private func runToEnd(_ id: String) async throws -> Int {
        _ = try await client.startContainer(id)
        return try await client.waitForContainer(id, limit: .seconds(300))
    }

    func markDestroying() async throws -> String? {
        try await upload([UploadFile("destroying", "yes\n")], to: lockName, at: ContainerPath.control)
        return nil
    }

    func upload(_ files: [UploadFile], to container: String, at path: String) async throws {
        try await client.upload(files, to: container, at: path)
    }
}
