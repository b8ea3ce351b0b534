internal import ClusterModel
internal import Orchestration

extension StepWork {
    /// Takes a node out of the balancer. When the plan also puts it back, a note on the control volume tells the next run, should this
    /// one be cut in between.
    func detach(_ id: Int, from name: String) async throws -> String? {
        let host = try node(id, of: name).host
        try await noteAway(putsBack(id, to: name), id, of: name)
        guard try !(await hasProgram(.detach, id, of: name)) else { return nil }
        _ = try await tell(
            name,
            "nodes/\(id)/detach",
            ["seconds": .integer(Self.drainBound)],
            "take \(host) out of \(name)",
            within: .seconds(Self.drainBound + 20)
        )
        return nil
    }

    func attach(_ id: Int, to name: String) async throws -> String? {
        try await awaitCaughtUp(id, of: name)
        if try !(await hasProgram(.attach, id, of: name)) { try await askToAttach(id, to: name) }
        try await noteAway(false, id, of: name)
        return nil
    }

    /// Runs the program of a driver that has one for this, and looks whether the balancer did it, where its view shows that. False
    /// where the agent is to do it.
    private func hasProgram(_ way: BalancerSupport.Attaching, _ id: Int, of name: String) async throws -> Bool {
        let balancer = try balancer(name)
        guard let program = try backend.drivers.support(for: balancer).attaching else { return false }
        let node = try node(id, of: name)
        try await run(
            program(node, way),
            in: balancer.containerName,
            to: "have \(name) \(way.rawValue) \(node.host)"
        )
        guard balancer.driver.view != .none else { return true }
        _ = way == .attach ? try await awaitAttached(id, to: name) : try await awaitDetached(id, from: name)
        return true
    }

    private func putsBack(_ id: Int, to name: String) -> Bool {
        plan.steps.contains { $0.action == .attach(balancer: name, node: id) }
    }

    private func noteAway(_ isAway: Bool, _ id: Int, of name: String) async throws {
        let file = UploadFile("\(name)/away.\(id)", isAway ? "away\nend\n" : "")
        try await upload([file], to: lock, at: ContainerPath.control)
    }

    /// The agent refuses a node of which its own last look says that it is not fit, and that look may be a second old. Any other
    /// refusal stands.
    private func askToAttach(_ id: Int, to name: String) async throws {
        let host = try node(id, of: name).host
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            do {
                _ = try await ask(
                    name,
                    "nodes/\(id)/attach",
                    ["seconds": .integer(Self.drainBound)],
                    "put \(host) back into \(name)",
                    within: .seconds(Self.drainBound + 20)
                )
                return
            } catch let refusal as AgentRefusal {
                guard refusal.mayPass, .now < deadline else { throw refusal.error }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Clients shall not read what is long out of date.
    private func awaitCaughtUp(_ id: Int, of name: String) async throws {
        let balancer = try balancer(name)
        let node = try node(id, of: name)
        try await wait(for: "\(node.host) to catch up", on: node.containerName, within: .seconds(120)) { secrets in
            let view = try await PostgresProbe.ask(backend.endpoint(host: host, port: node.port, secrets, .monitor))
            guard view.role == .replica else { return true }
            guard view.isStreaming else { return false }
            for other in balancer.nodes where other.id != id {
                let endpoint = backend.endpoint(host: host, port: other.port, secrets, .monitor)
                guard let primary = try? await PostgresProbe.ask(endpoint), primary.role == .primary else { continue }
                return primary.position - view.position <= Self.bearableLag
            }
            return false
        }
    }

    /// One WAL segment.
    private static let bearableLag = 16 << 20

    /// How long the sessions on a node that is taken out may take to end, in seconds.
    private static let drainBound = 10
}
