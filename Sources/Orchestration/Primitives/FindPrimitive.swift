internal import ClusterModel

extension Primitive {
    /// Balancers and nodes by name.
    static var find: Primitive {
        Primitive(
            "cluster.find",
            as: "cluster:balancer",
            [
                .cluster, Parameter("kind", .string, "balancer, node, or any"),
                Parameter("name", .string, optional: true, "its name; the only one without"),
            ],
            result: "{balancer, node}; node is nil for a balancer",
            summary: "The balancer, node or watcher of a name, or an error that names those there are.",
            effect: .read
        ) { call in
            let cluster = try call.text("cluster")
            let observed = try await call.orchestrator.backend.observe(cluster, depth: .engine)
            guard !observed.isAbsent else {
                throw ClusterError.noCluster(cluster, known: try await call.orchestrator.backend.clusters())
            }
            let kind = try call.text("kind")
            guard let name = call.optionalText("name") else { return try observed.only(kind) }
            if kind != "node", let found = observed.balancer(name) { return ["balancer": .string(found.spec.name)] }
            if kind != "balancer", let found = observed.node(name) { return found }
            if kind == "any", let watcher = observed.watcher, [Target.watcherName, watcher.name].contains(name) {
                return ["balancer": "", "node": .string(Target.watcherName)]
            }
            throw observed.noMember(kind, name)
        }
    }
}

extension Primitive {
    /// What the status says of one balancer or node, for those who do not need the others.
    static var memberStatus: Primitive {
        Primitive(
            "member.status",
            as: "node:status",
            [.cluster, .balancer, .node],
            result: "what cluster:status says of it; nil for a node that is not there",
            summary: "What is there now of one balancer or node.",
            effect: .read
        ) { call in
            let observed = try await call.orchestrator.status(of: try call.text("cluster"))
            let balancer = try observed.member(try call.text("balancer"))
            if let node = call.optionalText("node") { return balancer.document(ofNode: node) }
            return balancer.document(bindAddress: observed.topology?.bindAddress)
        }
    }

    /// Who is behind a balancer.
    static var members: Primitive {
        Primitive(
            "balancer.members",
            as: "lb:nodes",
            [.cluster, .balancer, Parameter("role", .string, optional: true, "primary or replica; all without")],
            result: "list of names",
            summary: "Names of a balancer's nodes; of its one primary, or of its replicas.",
            effect: .read
        ) { call in
            let balancer = try (try await call.orchestrator.status(of: try call.text("cluster")))
                .member(try call.text("balancer"))
            let nodes =
                switch call.optionalText("role") {
                case nil: balancer.nodes
                case "primary": balancer.primary.map { [$0] } ?? []
                default: balancer.replicas
                }
            return .array(nodes.map { .string($0.spec.host) })
        }
    }
}

extension ObservedCluster {
    /// A balancer that has to be there.
    fileprivate func member(_ name: String) throws -> ObservedBalancer {
        guard let balancer = balancer(name) else { throw noMember("balancer", name) }
        return balancer
    }

    fileprivate func node(_ name: String) -> Document? {
        for balancer in balancers {
            guard let node = balancer.node(name) else { continue }
            return ["balancer": .string(balancer.spec.name), "node": .string(node.spec.host)]
        }
        return nil
    }

    /// What is meant when no name is given: the only balancer there is.
    fileprivate func only(_ kind: String) throws -> Document {
        if kind != "node", let first = balancers.first, kind == "any" || balancers.count == 1 {
            return ["balancer": .string(first.spec.name)]
        }
        throw ClusterError(
            .invalid,
            operation: "choose a \(kind == "node" ? "node" : "balancer") of \(name)",
            message: "it has \(members(kind).joined(separator: ", "))",
            advice: "name one of them"
        )
    }

    fileprivate func noMember(_ kind: String, _ wanted: String) -> ClusterError {
        let names = members(kind)
        return ClusterError(
            .notFound,
            operation: "find \(kind == "any" ? "" : kind + " ")\(wanted) in \(name)",
            message: names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
        )
    }

    private func members(_ kind: String) -> [String] {
        let fronts = balancers.map(\.spec.name), nodes = balancers.flatMap(\.nodes).map(\.spec.host)
        let others = watcher == nil ? [] : [Target.watcherName]
        return kind == "balancer" ? fronts : kind == "node" ? nodes : fronts + nodes + others
    }
}
