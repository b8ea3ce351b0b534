internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// Steps of a change of secrets. Until all have taken the new ones, the old ones are on the control volume too: whoever finds both
/// completes the change.
extension StepWork {
    /// Names that a change before this one left half-way keep the new values that they have: roles may have them already.
    func writeSecrets(_ names: [SecretName]) async throws -> String? {
        let control = try await controlVolume()
        guard let found = control.secrets else { return nil }
        // Where both are the same the run before was cut before it had written the new one.
        let unfinished = control.secretsBefore.filter { $0.value != found[$0.key] }
        let renewed = found.renewed(names.filter { unfinished[$0] == nil })
        let changing = SecretName.allCases.filter { names.contains($0) || unfinished[$0] != nil }
        let before = Dictionary(uniqueKeysWithValues: changing.map { ($0, unfinished[$0] ?? found[$0]) })
        let old = before.map { UploadFile($0.key.pathBefore, bytes: Array($0.value.utf8), mode: 0o600) }
        // The old ones first: who finds a new one without the old one would use it at once.
        try await upload(old, to: lock, at: ContainerPath.control)
        let new = changing.map { UploadFile($0.path, bytes: Array(renewed[$0].utf8), mode: 0o600) }
        try await upload(new, to: lock, at: ContainerPath.control)
        backend.memory.forgetSecrets()
        note {
            $0.secrets = renewed
            $0.secretsBefore = before
        }
        guard !unfinished.isEmpty else { return nil }
        return
            "a change of \(unfinished.keys.map(\.rawValue).sorted().joined(separator: ", ")) was cut and is completed"
    }

    func takeSecrets(_ name: String) async throws -> String? {
        let balancer = try balancer(name)
        let before = memory.secretsBefore.filter { $0.key.isOfPostgres }
        do {
            let operation = "have \(name) take the new secrets"
            _ = try await tell(name, "control/secrets", .object([]), operation, within: .seconds(60))
        } catch let error as ClusterError {
            throw error.advising("\(name) tries again by itself; the same command completes the change and verifies it")
        }
        for node in balancer.nodes where try await signal(node) { try await verify(Array(before.keys), on: node) }
        for (secret, password) in before { try await requireRefused(secret, password, by: balancer) }
        return try await lettingIn(balancer)
    }

    /// A full pool lets nobody in, whatever the password: that is said, and no error.
    private func lettingIn(_ balancer: BalancerSpec) async throws -> String? {
        let what = "\(balancer.name) to let the new password in"
        do {
            try await wait(for: what, on: balancer.containerName, within: .seconds(10)) {
                try await logIn(backend.endpoint(host: host, port: balancer.port, $0, .superuser))
                return true
            }
            return nil
        } catch let error as ClusterError where error.code == .timedOut {
            return "every node lets the new ones in; a login through \(balancer.name) was not answered in 10 s"
        }
    }

    /// A replica has the new passwords when it has replayed that far.
    private func verify(_ names: [SecretName], on node: NodeSpec) async throws {
        try await wait(for: "\(node.host) to let the new passwords in", on: node.containerName, within: .seconds(30)) {
            for name in names { try await logIn(backend.endpoint(host: host, port: node.port, $0, name)) }
            return true
        }
    }

    private func requireRefused(_ secret: SecretName, _ password: String, by balancer: BalancerSpec) async throws {
        for node in balancer.nodes {
            var endpoint = backend.endpoint(host: host, port: node.port, try await secrets(), secret)
            endpoint.password = password
            do {
                try await logIn(endpoint)
            } catch is PostgresError {
                continue
            }
            throw ClusterError(
                .verificationFailed,
                operation: "change secret \(secret.rawValue)",
                message: "\(node.host) still lets \(secret.role) in with the old password",
                advice: "see how pg_hba.conf of the node lets it in; then run the same command again"
            )
        }
    }

    private func logIn(_ endpoint: PostgresEndpoint) async throws {
        _ = try await PostgresSession.run(SQLQuery("select 1", timeout: PostgresProbe.timeout), on: endpoint)
    }

    func forgetSecrets() async throws -> String? {
        guard let balancer = plan.desired?.balancers.first else { return nil }
        let files = SecretName.allCases.map { "\(ContainerPath.control)/\($0.pathBefore)" }
        try await run(["rm", "-f"] + files, in: balancer.containerName, to: "forget the old secrets")
        return nil
    }
}
