internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension StepWork {
    /// Starts a container, or wakes a paused one. Its files are written each time, so that a run that was cut between creating
    /// and filling it does no harm, and a newer pgbc brings its newer scripts.
    func start(_ name: String) async throws -> String? {
        if !memory.filled.contains(name) {
            if try await client.inspectContainer(name).state.status == .paused {
                try await client.unpauseContainer(name)
                return nil
            }
            try await upload(try await files(of: name), to: name, at: "/")
        }
        note { $0.filled.remove(name) }
        try await startWhenPortsAreFree(name)
        return nil
    }

    /// A port of the range for outgoing connections may be the near end of somebody's for a moment, of our own probes even, and for a
    /// minute after that: the engine then refuses, although nothing listens there. That is waited for; a listener is named at once.
    private func startWhenPortsAreFree(_ name: String) async throws {
        let ports = Set(plan.desired?.ports(of: name) ?? [])
        let began = ContinuousClock.now
        for attempt in 1... {
            do {
                _ = try await client.startContainer(name)
                return
            } catch {
                let failure = await explained(error, starting: name)
                guard error.code == .serverError, failure.code != .conflict else { throw failure }
                let held = client.address.remoteHost == nil ? LocalSockets.nearEnds(of: ports) : [:]
                // What held the port may be gone before it is looked for.
                let limit: Duration = held.values.contains(.ended) ? .seconds(65) : .seconds(5)
                guard held.isEmpty ? attempt < 6 : .now < began + limit else { throw failure.blaming(held) }
                if attempt == 1 { held.sorted { $0.key < $1.key }.forEach { progress($0.value.nearEndWords($0.key)) } }
            }
            try await Task.sleep(for: .milliseconds(min(100 * attempt, 500)))
        }
    }

    private func files(of name: String) async throws -> [UploadFile] {
        let desired = try desired()
        for balancer in desired.balancers {
            if balancer.containerName == name {
                return try await files(of: balancer)
            }
            if let node = balancer.nodes.first(where: { $0.containerName == name }) {
                return NodeContainer(topology: desired, balancer: balancer, node: node).files
            }
        }
        return []
    }

    func files(of balancer: BalancerSpec) async throws -> [UploadFile] {
        let support = try backend.drivers.support(for: balancer)
        let container = BalancerContainer(topology: try desired(), balancer: balancer, support: support)
        guard support.holdsPasswords else { return container.files(nil) }
        let user = try await client.inspectImage(container.config.image)?.user ?? ""
        return container.files(try await secrets(), runsAsRoot: ["", "0", "root"].contains(user))
    }

    /// The usual reason for a container that does not start is a port: say who has it.
    private func explained(_ error: EngineError, starting name: String) async -> ClusterError {
        var failure = ClusterError(error)
        guard let desired = plan.desired, let use = try? await backend.use(except: plan.cluster, sparing: false) else {
            return failure
        }
        // The ports of the others are held by the others' own containers, which are just being started.
        let wanted = desired.ports(of: name)
        let mine = HostUse(ports: use.ports.filter { wanted.contains($0.key) })
        let problems = desired.conflicts(with: mine)
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
        if name == VolumeName.control(plan.cluster) {
            note { $0.hasDroppedLock = true }
            try await backend.removeIfPresent(lock)
        }
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

extension Topology {
    /// The ports that a container publishes.
    fileprivate func ports(of container: String) -> [Int] {
        balancers.flatMap { balancer in
            (balancer.containerName == container ? [balancer.port, balancer.pcpPort, balancer.restPort] : [])
                + balancer.nodes.filter { $0.containerName == container }.map(\.port)
        }
    }
}

extension ClusterError {
    /// The same error, with the connections that kept a container from publishing its ports, where there are any.
    fileprivate func blaming(_ holders: [Int: LocalSockets.NearEnd]) -> ClusterError {
        guard !holders.isEmpty else { return self }
        var error = self
        error.code = .conflict
        error.details = holders.sorted { $0.key < $1.key }.map { $0.value.nearEndWords($0.key) }
        error.advice =
            "end that connection, or give another port; /proc/sys/net/ipv4/ip_local_port_range tells which are never taken so"
        return error
    }
}

extension LocalSockets.NearEnd {
    /// Why nobody can listen on the port.
    fileprivate func nearEndWords(_ port: Int) -> String {
        switch self {
        case .open(let holder): "port \(port): a connection of \(holder) goes out from it"
        case .ended: "port \(port): a connection that went out from it has ended; the system frees it within a minute"
        }
    }
}
