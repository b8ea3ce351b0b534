public import ClusterModel

extension Orchestrator {
    /// Changes a cluster's passwords and tokens; all of them without names. Refused while a balancer or its primary could not take them.
    /// - Throws: `.notFound` for a name that is none, with the nearest one.
    @discardableResult
    public func rotateSecrets(_ names: [String], of cluster: String) async throws -> Plan {
        let secrets = try names.isEmpty ? SecretName.allCases : names.map(SecretName.named)
        return try await holding(cluster) { observed, lock in
            for balancer in observed.balancers {
                try Scene(observed, balancer: balancer.spec.name, to: "change secrets of \(cluster)")
                    .requireSecretChange()
            }
            guard let topology = observed.topology else { throw ClusterError.noTopology(cluster) }
            let plan = Plan.changing(secrets, of: topology)
            try await run(plan, lock)
            return plan
        }
    }
}

extension Scene {
    fileprivate func requireSecretChange() throws {
        let driver = balancer.spec.driver
        guard driver.hasAgent else {
            throw refused(
                "\(name) is \(driver.program), whose own copies of the passwords pgbc cannot change while it runs",
                "use pgbc's own balancer image for this"
            )
        }
        try requireControl(.attach)
        if let outdated = balancer.container?.outdated {
            throw refused("\(name) \(outdated) and may not know how to", "pgbc upgrade makes it anew")
        }
        guard balancer.primary != nil else {
            throw refused("\(name) has no primary that could take them", "pgbc status tells what is wrong")
        }
    }
}

extension SecretName {
    fileprivate static func named(_ text: String) throws -> SecretName {
        if let name = SecretName(rawValue: text) { return name }
        let known = SecretName.allCases.map(\.rawValue)
        throw ClusterError(
            .notFound,
            operation: "change secret \(text)",
            message: text.nearest(in: known).map { "did you mean \($0)?" }
                ?? "there are \(known.joined(separator: ", "))"
        )
    }
}
