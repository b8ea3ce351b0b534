public import ClusterModel

extension ObservedCluster {
    /// The status as scripts and `--json` see it. Keys are stable; what is not known is null, which scripts see as nil.
    public var document: Document {
        [
            "cluster": .string(name),
            "network": network.map { ["name": .string($0.name), "subnet": .string($0.subnet)] } ?? .null,
            "locked_by": lockedBy.map(Document.string) ?? .null,
            "watcher": watcher.map { ["container": .string($0.name), "state": .string($0.state.rawValue)] } ?? .null,
            "balancers": .array(balancers.map { $0.document(bindAddress: topology?.bindAddress) }),
            "findings": .array(findings.map(\.document)),
        ]
    }

    /// One row of a list of clusters.
    var summary: Document {
        let containers = balancers.compactMap(\.container) + balancers.flatMap(\.nodes).compactMap(\.container)
        let running = containers.count { $0.state == .running }
        let wanted = balancers.count + balancers.flatMap(\.nodes).count
        let state = isBeingDestroyed ? "being destroyed" : running == wanted && wanted > 0 ? "running" : "incomplete"
        return [
            "cluster": .string(name),
            "state": .string(running == 0 && !isBeingDestroyed ? "stopped" : state),
            "balancers": .integer(balancers.count),
            "nodes": .integer(balancers.flatMap(\.nodes).count),
            "running": .string("\(running)/\(wanted)"),
            "ports": .array(balancers.map { .integer($0.spec.port) }),
        ]
    }
}

extension ObservedBalancer {
    /// - Parameter bindAddress: where the cluster's ports are published; the default address when it is not known.
    func document(bindAddress: String?) -> Document {
        let source = primary
        return [
            "balancer": .string(spec.name),
            "container": .string(spec.containerName),
            "state": .string(container?.state.rawValue ?? "absent"),
            "driver": .string(spec.driver.name),
            "image": container.map { .string($0.image) } ?? .null,
            "host": .string(bindAddress ?? Topology.defaultBindAddress),
            "port": .integer(spec.port),
            "pcp_port": spec.driver.ports.pcp == nil ? .null : .integer(spec.pcpPort),
            "rest_port": spec.driver.ports.rest == nil ? .null : .integer(spec.restPort),
            "primary": source.map { .string($0.spec.host) } ?? .null,
            "sessions": pool?.sessions.map(Document.integer) ?? .null,
            "capacity": pool?.capacity.map(Document.integer) ?? .null,
            "hold": .boolean(spec.hold),
            "paused": .boolean(hold?.isPaused ?? false),
            "waiting": hold.map { .integer($0.waiting) } ?? .null,
            "sync": .integer(spec.sync),
            "operation": operation.map(Document.string) ?? .null,
            "nodes": .array(nodes.map { $0.document(in: self, behind: source) }),
        ]
    }

    /// What the status says of one node; null when there is no such node.
    func document(ofNode name: String) -> Document {
        node(name)?.document(in: self, behind: primary) ?? .null
    }
}

extension ObservedNode {
    fileprivate func document(in balancer: ObservedBalancer, behind source: ObservedNode?) -> Document {
        let view = balancer.pool?.nodes.first { $0.id == spec.id }
        return .object(
            identity
                + [
                    .init("role", postgres.map { .string($0.role.rawValue) } ?? .null),
                    .init("version", postgres.map { .string($0.version) } ?? .null),
                    .init("timeline", postgres.map { .integer($0.timeline) } ?? .null),
                    .init("lsn", postgres.map { .string($0.lsn) } ?? .null),
                    .init("streaming", isReplica ? .boolean(postgres?.isStreaming ?? false) : .null),
                    .init("lag_bytes", lagBytes(behind: source).map(Document.integer) ?? .null),
                    .init("lag_seconds", isReplica ? postgres?.lagSeconds.map(Document.number) ?? .null : .null),
                    .init("connections", postgres.map { .integer($0.connections) } ?? .null),
                    .init("max_connections", postgres.map { .integer($0.maxConnections) } ?? .null),
                    .init("pending_restart", .array((postgres?.pendingRestart ?? []).map(Document.string))),
                    .init("pool_status", view.map { .string($0.status) } ?? .null),
                    .init("pool_role", view.map { .string($0.role) } ?? .null),
                    .init("weight", view.map { .number($0.weight) } ?? .null),
                    .init("selects", view.map { .integer($0.selects) } ?? .null),
                    .init("detached", .boolean(view?.isDetached ?? false)),
                ]
        )
    }

    private var isReplica: Bool { postgres?.role == .replica }

    private var identity: [Document.Member] {
        [
            .init("node", .string(spec.host)),
            .init("node_id", .integer(spec.id)),
            .init("container", .string(spec.containerName)),
            .init("state", .string(container?.state.rawValue ?? "absent")),
            .init("port", .integer(spec.port)),
            .init("address", .string(spec.address.description)),
        ]
    }
}
