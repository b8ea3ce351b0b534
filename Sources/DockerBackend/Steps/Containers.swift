internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Starts a container, or wakes a paused one.
    func start(_ name: String) async throws -> String? {
        do {
            if try await client.inspectContainer(name).state.status == .paused {
                try await client.unpauseContainer(name)
            } else {
                _ = try await client.startContainer(name)
            }
        } catch {
            throw await explained(error, starting: name)
        }
        return nil
    }

    /// The usual reason for a container that does not start is a port: say who has it.
    private func explained(_ error: EngineError, starting name: String) async -> ClusterError {
        var failure = ClusterError(error)
        guard let desired = plan.desired, let use = try? await backend.hostUse(except: plan.cluster) else { return failure }
        let problems = desired.conflicts(with: use)
        guard !problems.isEmpty else { return failure }
        failure.code = .conflict
        failure.details = problems.map(\.description)
        return failure
    }

    func remove(_ name: String, graceful: Bool) async throws -> String? {
        if graceful {
            do {
                _ = try await client.stopContainer(name)
            } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        try await backend.removeIfPresent(name)
        return nil
    }

    /// The lock mounts the control volume and has to go first: removing that volume is the last thing a run does.
    func removeVolume(_ name: String) async throws -> String? {
        if name == VolumeName.control(plan.cluster) { try await backend.removeIfPresent(lockName) }
        try await backend.removeVolumeIfPresent(name)
        return nil
    }

    func removeNetwork(_ name: String) async throws -> String? {
        do {
            try await client.removeNetwork(name)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        return nil
    }
}
