public import ClusterModel

extension Orchestrator {
    /// Holds the clients of a balancer: they wait instead of failing, for so many seconds at most.
    @discardableResult
    public func pause(_ balancer: String, of cluster: String, seconds: Int = Step.switchoverLimit) async throws -> Plan
    {
        try await operate(on: cluster) { observed in
            let scene = try Scene(observed, balancer: balancer, to: "pause the clients of \(balancer)")
            try scene.requireHold()
            var plan = scene.plan
            scene.addPause(to: &plan, because: "it was asked for", seconds: seconds)
            return plan
        }
    }

    /// Lets the clients of a balancer go on.
    @discardableResult
    public func resume(_ balancer: String, of cluster: String) async throws -> Plan {
        try await operate(on: cluster) { observed in
            let scene = try Scene(observed, balancer: balancer, to: "resume the clients of \(balancer)")
            try scene.requireHold()
            guard scene.balancer.hold?.isPaused != false else { return scene.plan }
            var plan = scene.plan
            scene.addResume(to: &plan, because: "it was asked for")
            return plan
        }
    }

    /// Has all nodes of a balancer read their settings again, and then the balancer its parameters.
    @discardableResult
    public func reload(_ balancer: String, of cluster: String) async throws -> Plan {
        try await operate(on: cluster) { observed in
            try Scene(observed, balancer: balancer, to: "reload \(balancer)").reload()
        }
    }
}

extension Scene {
    func addPause(
        to plan: inout Plan,
        because cause: String,
        seconds: Int = Step.switchoverLimit,
        after dependencies: [String] = []
    ) {
        plan.add(
            "pause:\(name)",
            .pauseClients(balancer: name, seconds: seconds),
            "have the clients of \(name) wait, \(seconds) s at most",
            because: cause,
            after: dependencies
        )
    }

    func addResume(to plan: inout Plan, because cause: String, after dependencies: [String] = []) {
        plan.add(
            "resume:\(name)",
            .resumeClients(balancer: name),
            "let the clients of \(name) go on",
            because: cause,
            after: dependencies
        )
    }

    fileprivate func reload() -> Plan {
        var plan = plan
        for node in balancer.nodes where node.container?.state == .running {
            plan.addReload(of: node.spec, in: name, because: "it was asked for")
        }
        if balancer.isControllable, balancer.spec.driver.can(.reload) {
            plan.addReload(of: name, because: "it was asked for", after: plan.steps.map(\.id))
        }
        return plan
    }
}
