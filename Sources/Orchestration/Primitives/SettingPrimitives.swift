internal import ClusterModel

extension Primitive {
    /// postgresql.conf settings, balancer parameters, and what a balancer promises.
    static var settingPrimitives: [Primitive] { [setOnBalancer, setOnNode, settings] }

    private static let outcome = "{plan, pending = {NODE = names that wait for a restart}, primary_first}"

    private static var setOnBalancer: Primitive {
        Primitive(
            "balancer.set",
            as: "lb:set",
            [
                .cluster, .balancer,
                Parameter(
                    "changes",
                    .table,
                    "settings of all its nodes, and hold, sync, when_short, pool = {…}; pgbc.null takes one out"
                ),
            ],
            result: outcome,
            summary: "Changes settings and has them reloaded; what PostgreSQL refuses is taken back.",
            effect: .change
        ) { call in
            try await call.set(node: nil).document
        }
    }

    private static var setOnNode: Primitive {
        Primitive(
            "node.set",
            as: "node:set",
            [
                .cluster, .balancer, .member,
                Parameter("changes", .table, "settings of this node, and weight; pgbc.null takes one out"),
            ],
            result: outcome,
            summary: "Changes settings of one node and has them reloaded; what PostgreSQL refuses is taken back.",
            effect: .change
        ) { call in
            try await call.set(node: try call.text("node")).document
        }
    }

    private static var settings: Primitive {
        Primitive(
            "node.settings",
            as: "node:settings",
            [
                .cluster, .balancer, .member,
                Parameter("names", .list, optional: true, "only these; all without"),
            ],
            result: "{NAME = {name, value, source, context, pending_restart}}",
            summary: "The settings as PostgreSQL has them.",
            effect: .read
        ) { call in
            let wanted = try call.texts("names")
            let all = try await call.orchestrator.backend.settings(of: try call.node())
            let chosen = wanted.isEmpty ? all : all.filter { wanted.contains($0.name) }
            return .object(chosen.map { .init($0.name, $0.document) })
        }
    }
}

extension PrimitiveCall {
    fileprivate func set(node: String?) async throws -> SettingChange {
        let changes = arguments["changes"]?.members ?? []
        guard !changes.isEmpty else {
            throw ArgumentError(
                callee: node == nil ? "lb:set" : "node:set",
                parameter: "changes",
                expected: "at least one setting",
                given: "an empty table"
            )
        }
        return try await orchestrator.set(
            changes,
            balancer: try text("balancer"),
            node: node,
            of: try text("cluster")
        )
    }
}
