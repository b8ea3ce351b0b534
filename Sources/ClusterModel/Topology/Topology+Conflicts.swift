extension Topology {
    /// What this topology wants and somebody else on the host has: ports, networks, container names.
    public func conflicts(with host: HostUse) -> [Problem] {
        networkConflicts(host.networks) + containerConflicts(host.containerNames) + portConflicts(host.ports)
    }

    private func networkConflicts(_ networks: [HostUse.Network]) -> [Problem] {
        networks.flatMap { other -> [Problem] in
            var conflicts: [Problem] = []
            if other.name == network.name {
                conflicts.append(
                    Problem(
                        path: "network.name",
                        value: "\"\(network.name)\"",
                        reason: "a network of this name is there already",
                        suggestion: "choose another name, or remove that network",
                        kind: .conflict
                    )
                )
            }
            if other.subnet.overlaps(network.subnet) {
                conflicts.append(
                    Problem(
                        path: "network.subnet",
                        value: "\"\(network.subnet)\"",
                        reason: "overlaps network \(other.name) (\(other.subnet))",
                        suggestion: "choose another subnet, or leave it out",
                        kind: .conflict
                    )
                )
            }
            return conflicts
        }
    }

    private func containerConflicts(_ owners: [String: String]) -> [Problem] {
        containerClaims.all.compactMap { claim in
            owners[claim.value].map { owner in
                Problem(
                    path: claim.path,
                    value: claim.written.excerpt,
                    reason: "a container of this name is there already (\(owner))",
                    suggestion: "choose another name, or remove that container",
                    kind: .conflict
                )
            }
        }
    }

    private func portConflicts(_ holders: [Int: String]) -> [Problem] {
        portClaims.all.compactMap { claim in
            holders[claim.value].map { holder in
                Problem(
                    path: claim.path,
                    value: claim.written.excerpt,
                    reason: "the port is in use by \(holder)",
                    suggestion: "choose another port, or stop what holds it",
                    kind: .conflict
                )
            }
        }
    }
}
