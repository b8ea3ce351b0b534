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
            labels: desired.networkLabels
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

    /// All that the containers read there, in one archive. Meanwhile the containers that will read it first are made.
    func writeControl() async throws -> String? {
        let desired = try desired()
        let seeded = plan.steps.compactMap { step in
            if case .seed(let balancer) = step.action { desired.balancer(balancer) } else { nil }
        }
        async let seeds: Void = fillSeeds(of: seeded.filter { !removes(ContainerName.seed(plan.cluster, $0.name)) })
        var found = memory.secrets
        if found == nil, !memory.madeControlVolume { found = try await controlVolume().secrets }
        let secrets = found ?? Secrets()
        let lists = seeded.map { UploadFile("\($0.name)/nodes", $0.nodeList($0.nodes.map(\.id))) }
        let first = FirstFiles(topology: desired, balancers: seeded)
        let files = secrets.files + lists + first.all + WantedFiles(topology: desired).all
        try await upload(files, to: lock, at: ContainerPath.control)
        note {
            $0.secrets = secrets
            $0.wanted = desired
        }
        try await seeds
        return nil
    }

    /// True when the plan first takes away what an earlier run left behind under that name.
    private func removes(_ container: String) -> Bool {
        plan.steps.contains { step in
            if case .removeContainer(container, _) = step.action { true } else { false }
        }
    }

    func writeWanted() async throws -> String? {
        let desired = try desired()
        guard memory.wanted != desired else { return nil }
        note { $0.wanted = nil }
        try await upload(WantedFiles(topology: desired).all, to: lock, at: ContainerPath.control)
        note { $0.wanted = desired }
        return nil
    }

    func writeNodeList(of name: String, _ nodes: [Int]) async throws -> String? {
        let balancer = try balancer(name)
        let isKnown = Set(nodes).isSubset(of: balancer.nodes.map(\.id))
        let now = isKnown ? nil : try await controlVolume().nodeLines(of: name)
        try await upload(
            [UploadFile("\(name)/nodes", balancer.nodeList(nodes, now: now ?? []))],
            to: lock,
            at: ContainerPath.control
        )
        return try await notify(balancer)
    }

    func createNode(_ id: Int, of balancer: String) async throws -> String? {
        let node = try node(id, of: balancer)
        let container = NodeContainer(topology: try desired(), balancer: try self.balancer(balancer), node: node)
        let made = try await create(node.containerName, container.config)
        if !made.isNew || !isSeeded(balancer) { try await upload(container.files, to: made.id, at: "/") }
        note { $0.filled.insert(node.containerName) }
        return nil
    }

    /// True when the plan begins with the balancer's data, and puts the first files of its nodes on the control volume.
    private func isSeeded(_ balancer: String) -> Bool {
        plan.steps.contains { $0.action == .seed(balancer: balancer) }
    }

    func createBalancer(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        let support = try backend.drivers.support(for: balancer)
        let container = BalancerContainer(topology: try desired(), balancer: balancer, support: support)
        let id = try await create(balancer.containerName, container.config).id
        // Files that hold passwords are written when these are known.
        guard !support.holdsPasswords else { return nil }
        try await upload(container.files(nil), to: id, at: "/")
        note { $0.filled.insert(balancer.containerName) }
        return nil
    }

    /// Starts the container that sees the volumes of all nodes of a balancer and initialises their data.
    func seed(_ name: String) async throws -> String? {
        let container = ContainerName.seed(plan.cluster, name)
        if !memory.filled.contains(container) { try await fillSeed(of: try balancer(name)) }
        note { $0.filled.remove(container) }
        _ = try await client.startContainer(container)
        return nil
    }

    private func fillSeeds(of balancers: [BalancerSpec]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for balancer in balancers { group.addTask { try await fillSeed(of: balancer) } }
            try await group.waitForAll()
        }
    }

    private func fillSeed(of balancer: BalancerSpec) async throws {
        let seed = SeedContainer(topology: try desired(), balancer: balancer)
        let container = ContainerName.seed(plan.cluster, balancer.name)
        try await backend.removeIfPresent(container)
        _ = try await create(container, seed.config)
        note { $0.filled.insert(container) }
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
        try await upload([UploadFile("destroying", "yes\n")], to: lock, at: ContainerPath.control)
        return nil
    }

    func upload(_ files: [UploadFile], to container: String, at path: String) async throws {
        if path == ContainerPath.control { note { $0.hasEmptyControlVolume = false } }
        try await client.upload(files, to: container, at: path)
    }
}
