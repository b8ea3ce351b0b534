extension ObservedBalancer {
    /// Whether enough replicas take part for what `sync` promises.
    var quorumFindings: [Finding] {
        guard spec.sync > 0, let postgres = primary?.postgres else { return [] }
        let there = postgres.followers.count { $0.state == "streaming" && ["sync", "quorum"].contains($0.sync) }
        guard there < spec.sync else { return [] }
        let count = "\(spec.name) has \(there) of \(spec.sync) synchronous replicas"
        let consequence =
            spec.whenShort == .wait
            ? "writes wait until there are enough" : "writes go on, and a failure now can lose acknowledged ones"
        return [
            Finding(
                "sync_short",
                spec.name,
                "\(count): \(consequence)",
                advice: "bring its replicas back; pgbc status says what is wrong with them"
            )
        ]
    }

    /// What the balancer is in the middle of.
    func workFindings(cluster: String) -> [Finding] {
        var findings: [Finding] = []
        if let operation { findings.append(Finding("busy", spec.name, "\(spec.name) is busy with a \(operation)")) }
        if let hold, hold.isPaused {
            findings.append(
                Finding(
                    "clients_held",
                    spec.name,
                    "the clients of \(spec.name) are held, and \(hold.waiting) of \(hold.clients) wait",
                    advice: "pgbc resume --balancer \(spec.name) lets them go on"
                )
            )
        }
        if !staleParameters.isEmpty {
            findings.append(
                Finding(
                    "parameters_stale",
                    spec.name,
                    "\(spec.name) has not taken over \(staleParameters.joined(separator: ", ")) yet",
                    advice: "pgbc apply \(cluster) has it do so"
                )
            )
        }
        if !changingSecrets.isEmpty {
            findings.append(
                Finding(
                    "secrets_unfinished",
                    spec.name,
                    "a change of the secrets \(changingSecrets.joined(separator: ", ")) was begun and not finished",
                    advice: "pgbc secrets rotate completes it"
                )
            )
        }
        if let outdated = container?.outdated {
            findings.append(Finding("outdated", spec.name, "\(spec.name) \(outdated)"))
        }
        return findings
    }
}
