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
        let seeded = plan.steps.compactMap { step in
            if case .seed(let balancer) = step.action { balancer } else { nil }
        }
        for balancer in desired.balancers where seeded.contains(balancer.name) {
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
        let files = try await files(of: balancer)
        do {
            try await client.upload(files, to: balancer.containerName, at: "/")
            try await client.killContainer(balancer.containerName, signal: "SIGHUP")
        } catch {
            guard error.code == .notFound || error.code == .conflict else { throw error }
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

    /// Starts the container that sees the volumes of all nodes of a balancer and initialises their data.
    func seed(_ name: String) async throws -> String? {
        let seed = SeedContainer(topology: try desired(), balancer: try balancer(name))
        let container = ContainerName.seed(plan.cluster, name)
        try await backend.removeIfPresent(container)
        let id = try await create(container, seed.config)
        try await upload(seed.files, to: id, at: "/")
        _ = try await client.startContainer(id)
        return nil
    }

    /// Waits for that container's end, bounded by its own limits and, should those fail, by 300 s.
    func awaitSeed(of name: String) async throws -> String? {
        let container = ContainerName.seed(plan.cluster, name)
        guard let code = try await exitCode(of: container) else {
            // Somebody removed it after it had done its work.
            if try await controlVolume().record(of: name) != nil { return nil }
            throw ClusterError(.notFound, operation: "initialise the data of \(name)", message: "\(container) is gone")
        }
        guard code == 0 else {
            throw ClusterError(
                .failed,
                operation: "initialise the data of \(name)",
                message: "the container \(container) ended with code \(code)",
                advice: "docker logs \(container) has all of its lines; mend the cause and run the same command again",
                details: await lastWords(of: container)
            )
        }
        try await backend.removeIfPresent(container)
        return nil
    }

    /// `nil` when there is no such container.
    private func exitCode(of container: String) async throws -> Int? {
        do {
            return try await client.waitForContainer(container, limit: .seconds(300))
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func markDestroying() async throws -> String? {
        try await upload([UploadFile("destroying", "yes\n")], to: lockName, at: ContainerPath.control)
        return nil
    }

    func upload(_ files: [UploadFile], to container: String, at path: String) async throws {
        try await client.upload(files, to: container, at: path)
    }
}
