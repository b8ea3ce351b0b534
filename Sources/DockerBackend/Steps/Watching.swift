internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Gives a container its place in the cluster's network again; one that runs gets its published ports back too.
    func connect(_ name: String) async throws -> String? {
        guard let place = try attachment(of: name) else { return nil }
        if try await client.inspectContainer(name).networks[place.name] != nil { return nil }
        try await client.connectContainer(name, to: place)
        return nil
    }

    private func attachment(of name: String) throws -> NetworkAttachment? {
        let desired = try desired()
        for balancer in desired.balancers {
            if balancer.containerName == name {
                let support = try backend.drivers.support(for: balancer)
                return BalancerContainer(topology: desired, balancer: balancer, support: support).config.network
            }
            if let node = balancer.nodes.first(where: { $0.containerName == name }) {
                return NodeContainer(topology: desired, balancer: balancer, node: node).config.network
            }
        }
        return nil
    }

    /// Creates the watcher's container, and puts this program into it with all that it loads.
    func createWatcher(_ arguments: [String]) async throws -> String? {
        let program = try OwnProgram.collected()
        let socket = client.address.socketPath ?? WatcherContainer.standardSocket
        let watcher = WatcherContainer(
            topology: try desired(),
            image: try await backend.anyImage(of: plan.cluster),
            socket: socket,
            command: program.command + ["watch", plan.cluster] + arguments
        )
        let name = WatcherName.container(plan.cluster)
        let id = try await create(name, watcher.config).id
        try await upload(program.files, to: id, at: "/")
        note { $0.filled.insert(name) }
        return "\(program.bytes.byteText) copied"
    }

    /// Waits until the watcher says that it has looked. One that has ended in between is an error with its last words.
    func awaitWatcher() async throws -> String? {
        let name = WatcherName.container(plan.cluster)
        try await poll(for: "\(name) to look at \(plan.cluster)", on: name, within: .seconds(60)) {
            let found = try await client.inspectContainer(name)
            guard found.restartCount == 0 else { throw await endedAtOnce(name) }
            // Its first look tells of everything that is wrong, in as many lines, and more looks may follow.
            return await lastWords(of: name, lines: 1000).contains { $0.contains(WatcherContainer.greeting) }
        }
        return nil
    }

    private func endedAtOnce(_ name: String) async -> ClusterError {
        ClusterError(
            .verificationFailed,
            operation: "watch over \(plan.cluster)",
            message: "\(name) ends as soon as it is started",
            advice: "pgbc logs watch has all of its lines; pgbc watch \(plan.cluster) --uninstall removes it",
            details: await lastWords(of: name)
        )
    }
}

extension DockerClusterBackend {
    /// An image of the cluster that is there for certain. Which one does not matter: what runs in it brings all of its libraries.
    func anyImage(of cluster: String) async throws -> String {
        let own = try await client.listContainers(labels: [Label.cluster: cluster])
        guard let image = own.first(where: { $0.kind == .balancer || $0.kind == .node })?.imageID else {
            throw ClusterError(
                .notFound,
                operation: "watch over \(cluster)",
                message: "it has no container",
                advice: "pgbc apply \(cluster) brings it up"
            )
        }
        return image
    }
}
