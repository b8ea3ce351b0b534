internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Throws when the lock under which this plan is carried out has been taken away: somebody else works on the cluster now.
    func requireLock(for step: Step) async throws {
        guard !memory.hasDroppedLock, try await isGone(lock) else { return }
        throw ClusterError(
            .conflict,
            operation: step.title,
            message: "the lock of \(plan.cluster) was taken away from this run",
            advice: "somebody used --break-lock: see pgbc status before doing anything else"
        )
    }

    /// A container that is just being removed is no lock any more.
    private func isGone(_ lock: String) async throws -> Bool {
        do {
            return [.removing, .dead].contains(try await client.inspectContainer(lock).state.status)
        } catch {
            guard error.code == .notFound else { throw error }
            return true
        }
    }

    /// The secrets as the control volume holds them.
    func secrets() async throws -> Secrets {
        if let known = memory.secrets { return known }
        guard let secrets = try await controlVolume().secrets else {
            throw ClusterError(
                .failed,
                operation: "read the secrets of \(plan.cluster)",
                message: "its control volume holds none",
                advice: "run init again"
            )
        }
        note { $0.secrets = secrets }
        return secrets
    }

    /// What this run knows already.
    var memory: RunMemory.Run { backend.memory[lock] }

    func note(_ change: @Sendable (inout RunMemory.Run) -> Void) { backend.memory.note(lock, change) }

    /// The control volume, through the lock.
    func controlVolume() async throws -> ControlVolume {
        ControlVolume(
            archive: try TarArchive(bytes: try await client.download(ContainerPath.control, from: lock)),
            drivers: backend.drivers.drivers
        )
    }
}

extension Step {
    /// True when the step changes something, and so needs the lock.
    var isChange: Bool {
        switch action {
        case .awaitSeed, .awaitPrimary, .awaitStreaming, .awaitBalancer, .awaitAttached, .awaitDetached: false
        default: true
        }
    }
}
