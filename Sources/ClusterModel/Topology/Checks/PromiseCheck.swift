/// Checks whether what balancers promise their clients can be kept.
struct PromiseCheck {
    let topology: Topology
    /// Where `sync` was written, by the place of its balancer; the balancer itself where nothing is known.
    var syncPaths: [Int: String] = [:]

    func problems() -> [Problem] {
        topology.places.enumerated().flatMap { index, place in
            let path = syncPaths[index] ?? "\(place.path).sync"
            return driverProblems(place.balancer, at: place.path) + quorumProblems(place.balancer, at: path)
                + settingProblems(place.balancer, at: place.path)
        }
    }

    /// Both need a balancer that does more than pass SQL on.
    private func driverProblems(_ balancer: BalancerSpec, at path: String) -> [Problem] {
        let reason =
            "needs pgbc's own balancer image, and \(balancer.name) uses \(balancer.image ?? balancer.driver.name)"
        let used = [
            balancer.hold && !balancer.driver.can(.hold) ? "hold" : nil,
            balancer.sync > 0 && !balancer.driver.can(.failover) ? "sync" : nil,
        ].compactMap(\.self)
        return used.map { key in
            Problem(path: "\(path).\(key)", reason: reason, suggestion: "leave out \"\(key)\", or \"image\"")
        }
    }

    private func quorumProblems(_ balancer: BalancerSpec, at path: String) -> [Problem] {
        let there = balancer.replicas.count
        guard balancer.sync > there else { return [] }
        let have = there == 0 ? "no replica" : there == 1 ? "1 replica" : "\(there) replicas"
        return [
            Problem(
                path: path,
                value: "\(balancer.sync)",
                reason: "\(balancer.name) has \(have), so no write could ever be acknowledged",
                suggestion: "lower sync to at most \(there), or give it \(balancer.sync) replicas"
            )
        ]
    }

    /// Settings that would undo what `sync` promises.
    private func settingProblems(_ balancer: BalancerSpec, at path: String) -> [Problem] {
        guard balancer.sync > 0 else { return [] }
        return balancer.nodes.flatMap { node in
            let named = node.settings["synchronous_standby_names"].map { ("synchronous_standby_names", $0) }
            let weak = node.settings["synchronous_commit"].flatMap { value in
                ["off", "local", "false", "no", "0"].contains(value.lowercased()) ? ("synchronous_commit", value) : nil
            }
            return [named, weak].compactMap(\.self)
        }.reduce(into: [Problem]()) { problems, setting in
            let place = "\(path).settings.\(setting.0)"
            guard !problems.contains(where: { $0.path == place }) else { return }
            problems.append(
                Problem(
                    path: place,
                    value: setting.1,
                    reason: "would undo \"sync\", which is \(balancer.sync)",
                    suggestion: "leave out one of the two"
                )
            )
        }
    }
}
