internal import DockerEngine

extension DockerClusterBackend {
    /// Removes a container with its anonymous volumes. When somebody else is removing it already, waits until it is gone.
    func removeIfPresent(_ container: String) async throws {
        do {
            let id = try await outOfReach(container)
            try await remove(id)
        } catch let error as EngineError {
            guard error.code == .notFound else { throw error }
        }
    }

    /// Gives a container another name, and returns its identifier.
    ///
    /// On Docker 20.10 an archive request that is under way while its container is removed can empty the volumes that are mounted there.
    /// Such requests call a container by its name: under another one it gets no new ones, and inspecting it waits for those under way.
    /// - Throws: What the engine said to the renaming when it left the container its name: then it must not be removed.
    private func outOfReach(_ container: String) async throws -> String {
        let found = try await client.inspectContainer(container)
        let (id, name) = (found.id, ContainerName.going(found.id))
        for attempt in 1... {
            let refusal = try await renaming(id, to: name)
            let now = try await client.inspectContainer(id)
            // Somebody else who removes it may have been faster, which the engine refuses as well.
            if now.name == name { return id }
            guard refusal != nil, attempt < 4 else { throw refusal ?? .stillNamed(now) }
            // Renaming what runs asks its network too, and fails while that comes or goes; it is to be killed anyway.
            try await kill(id)
            try await Task.sleep(for: .milliseconds(100 * attempt))
        }
        return id
    }

    /// The engine's refusal, where it answered with one.
    private func renaming(_ id: String, to name: String) async throws -> EngineError? {
        do {
            try await client.renameContainer(id, to: name)
            return nil
        } catch {
            guard [.badRequest, .conflict, .notFound, .serverError].contains(error.code) else { throw error }
            return error
        }
    }

    private func kill(_ id: String) async throws {
        do {
            try await client.killContainer(id)
        } catch {
            guard error.code == .conflict else { throw error }
        }
    }

    private func remove(_ id: String) async throws {
        do {
            try await client.removeContainer(id, force: true, volumes: true)
        } catch {
            guard error.code == .conflict else { throw error }
            try await awaitGone(id, refusal: error)
        }
    }

    private func awaitGone(_ id: String, refusal: EngineError) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(30)
        while clock.now < deadline {
            _ = try await client.inspectContainer(id)
            try await Task.sleep(for: .milliseconds(50))
        }
        throw refusal
    }

    func removeVolumeIfPresent(_ name: String) async throws {
        do {
            try await client.removeVolume(name)
        } catch {
            guard error.code == .notFound else { throw error }
        }
    }
}

extension EngineError {
    fileprivate static func stillNamed(_ container: ContainerDetails) -> EngineError {
        EngineError(
            code: .conflict,
            operation: "remove container \(container.name)",
            message: "somebody gave it this name again while it was being removed",
            advice: "run the same command again"
        )
    }
}
