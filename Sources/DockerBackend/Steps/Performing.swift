public import ClusterModel
internal import DockerEngine
public import Orchestration

extension DockerClusterBackend {
    /// Carries out one step, under the lock that the plan names; safe to repeat.
    public func perform(_ step: Step, of plan: Plan, progress: @escaping ProgressHandler) async throws -> String? {
        guard let lock = plan.lock else { throw ClusterError.unlocked(step, of: plan) }
        let work = StepWork(backend: self, plan: plan, lock: lock, progress: progress)
        return try await onEngine {
            guard step.isChange else { return try await run(step, work) }
            try await work.requireLock(for: step)
            do {
                return try await run(step, work)
            } catch let error as EngineError {
                // The lock may have been taken away in the middle of the step, which then fails for a reason that nobody understands.
                try await work.requireLock(for: step)
                throw error
            }
        }
    }

    private func run(_ step: Step, _ work: StepWork) async throws -> String? {
        switch step.action {
        case .createNetwork: return try await work.createNetwork()
        case .writeControl: return try await work.writeControl()
        case .writeNodeList(let balancer, let nodes): return try await work.writeNodeList(of: balancer, nodes)
        case .seed(let balancer): return try await work.seed(balancer)
        case .awaitSeed(let balancer): return try await work.awaitSeed(of: balancer)
        case .createNode(let balancer, let node): return try await work.createNode(node, of: balancer)
        case .createBalancer(let balancer): return try await work.createBalancer(balancer)
        case .start(let container): return try await work.start(container)
        case .connect(let container): return try await work.connect(container)
        case .createWatcher(let arguments): return try await work.createWatcher(arguments)
        case .awaitWatcher: return try await work.awaitWatcher()
        case .awaitPrimary(let balancer): return try await work.awaitPrimary(of: balancer)
        case .awaitStreaming(let balancer, let node): return try await work.awaitStreaming(node, of: balancer)
        case .awaitBalancer(let balancer): return try await work.awaitBalancer(balancer)
        case .awaitAttached(let balancer, let node): return try await work.awaitAttached(node, to: balancer)
        case .awaitDetached(let balancer, let node): return try await work.awaitDetached(node, from: balancer)
        case .markDestroying: return try await work.markDestroying()
        case .removeContainer(let name, let graceful): return try await work.remove(name, graceful: graceful)
        case .removeVolume(let name): return try await work.removeVolume(name)
        case .removeNetwork(let name): return try await work.removeNetwork(name)
        case .writeWanted: return try await work.writeWanted()
        case .reloadNode(let balancer, let node): return try await work.reloadNode(node, of: balancer)
        case .reloadBalancer(let balancer): return try await work.reloadBalancer(balancer)
        case .stopNode(let balancer, let node): return try await work.stopNode(node, of: balancer)
        case .restartNode(let balancer, let node): return try await work.restartNode(node, of: balancer)
        case .detach(let balancer, let node): return try await work.detach(node, from: balancer)
        case .attach(let balancer, let node): return try await work.attach(node, to: balancer)
        case .pauseClients(let balancer, let seconds):
            return try await work.pauseClients(of: balancer, seconds: seconds)
        case .resumeClients(let balancer): return try await work.resumeClients(of: balancer)
        case .switchover(let balancer, let node, let seconds):
            return try await work.switchover(balancer, to: node, seconds: seconds)
        case .failover(let balancer, let node): return try await work.failover(balancer, to: node)
        case .reclone(let balancer, let node): return try await work.reclone(node, of: balancer)
        case .checkUpgrade(let balancer, let upgrade): return try await work.checkUpgrade(of: balancer, upgrade)
        case .noteUpgrade(let balancer, let upgrade): return try await work.noteUpgrade(of: balancer, upgrade)
        case .upgradeData(let balancer, let upgrade): return try await work.upgradeData(of: balancer, upgrade)
        case .undoUpgrade(let balancer, let upgrade): return try await work.undoUpgrade(of: balancer, upgrade)
        case .commitUpgrade(let balancer, let upgrade): return try await work.commitUpgrade(of: balancer, upgrade)
        case .writeSecrets(let names): return try await work.writeSecrets(names)
        case .takeSecrets(let balancer): return try await work.takeSecrets(balancer)
        case .forgetSecrets: return try await work.forgetSecrets()
        }
    }

    /// Makes sure that the images of a plan's containers are there; pulls those that are not ours.
    public func prepare(_ plan: Plan, progress: @escaping ProgressHandler) async throws {
        guard let desired = plan.desired else { return }
        try await onEngine { try await requireOwnVolumes(of: desired) }
        var images: Set<String> = []
        for step in plan.steps {
            switch step.action {
            case .createNode(let name, let id):
                if let node = desired.balancer(name)?.nodes.first(where: { $0.id == id }) {
                    images.insert(desired.resolved(node).image ?? desired.nodeImage)
                }
            case .createBalancer(let name):
                if let image = desired.balancer(name).flatMap({ desired.resolved($0).image }) { images.insert(image) }
            default: break
            }
        }
        try await onEngine {
            for image in images.sorted() where try await client.inspectImage(image) == nil {
                try await pull(image, progress: progress)
            }
        }
    }

    /// The engine would silently use a volume of the same name that somebody else made.
    private func requireOwnVolumes(of desired: Topology) async throws {
        let wanted =
            [VolumeName.control(desired.name)]
            + desired.balancers.flatMap(\.nodes).map { VolumeName.data(of: $0, in: desired.name) }
        let foreign = try await client.listVolumes()
            .filter { wanted.contains($0.name) && $0.labels[Label.cluster] != desired.name }.map(\.name)
        guard !foreign.isEmpty else { return }
        throw ClusterError(
            .conflict,
            operation: "use volumes for \(desired.name)",
            message:
                "volumes of these names exist that do not belong to it: \(foreign.sorted().joined(separator: ", "))",
            advice: "remove or rename them, or give the cluster or its nodes other names"
        )
    }
}

extension ClusterError {
    fileprivate static func unlocked(_ step: Step, of plan: Plan) -> ClusterError {
        ClusterError(
            .failed,
            operation: step.title,
            message: "the plan for \(plan.cluster) names no lock to work under"
        )
    }

    static func missingImage(_ image: String) -> ClusterError {
        let isOurs = [Topology.defaultNodeImage, Topology.defaultBalancerImage].contains(image)
        return ClusterError(
            .notFound,
            operation: "use image \(image)",
            message: "the engine does not have it",
            advice: isOurs ? "pgbc images build makes it" : "build or pull it, or name another image in the topology"
        )
    }
}
