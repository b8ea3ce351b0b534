internal import ClusterModel

extension Primitive {
    /// Whole clusters: observe, plan, apply, destroy.
    static var clusterPrimitives: [Primitive] {
        [names, list, exists, find, members, status, memberStatus, plan, apply, rotateSecrets, destroy]
    }

    private static var names: Primitive {
        Primitive(
            "cluster.names",
            as: "pgbc.clusters",
            result: "list of names",
            summary: "Names of the clusters that the engine holds.",
            effect: .read
        ) { call in
            .array(try await call.orchestrator.backend.clusters().sorted().map(Document.string))
        }
    }

    private static var list: Primitive {
        Primitive(
            "cluster.list",
            as: "pgbc.list",
            result: "list of {cluster, state, balancers, nodes, running, containers}",
            summary: "One row for each cluster on the engine.",
            effect: .read
        ) { call in
            let backend = call.orchestrator.backend
            var rows: [Document] = []
            for name in try await backend.clusters().sorted() {
                rows.append(try await backend.observe(name, depth: .engine).summary)
            }
            return .array(rows)
        }
    }

    private static var exists: Primitive {
        Primitive(
            "cluster.exists",
            as: "cluster:exists",
            [.cluster],
            result: "boolean",
            summary: "Whether the engine holds anything of this cluster.",
            effect: .read
        ) { call in
            let observed = try await call.orchestrator.backend.observe(try call.text("cluster"), depth: .engine)
            return .boolean(!observed.isAbsent)
        }
    }

    private static var status: Primitive {
        Primitive(
            "cluster.status",
            as: "cluster:status",
            [
                .cluster,
                Parameter("quick", .boolean, optional: true, "ask the engine only, not PostgreSQL and the balancers"),
            ],
            result: "{cluster, network, balancers, findings}",
            summary: "What is there now, and a sentence for everything that is not as it should be.",
            effect: .read
        ) { call in
            let cluster = try call.text("cluster")
            guard call.flag("quick") else { return try await call.orchestrator.status(of: cluster).document }
            let observed = try await call.orchestrator.backend.observe(cluster, depth: .engine)
            guard observed.isAbsent else { return observed.document }
            throw ClusterError.noCluster(cluster, known: try await call.orchestrator.backend.clusters())
        }
    }

    private static var plan: Primitive {
        Primitive(
            "cluster.plan",
            as: "cluster:plan",
            [.cluster, .topology, .source, .prune, .renew],
            result: "{cluster, steps = list of {id, change, title, cause, after}, text}",
            summary: "What apply would do, each step with its cause.",
            effect: .read
        ) { call in
            try await call.orchestrator.plan(
                call.wanted,
                of: try call.text("cluster"),
                prune: call.flag("prune"),
                renew: call.flag("renew")
            )
            .document
        }
    }

    private static var apply: Primitive {
        Primitive(
            "cluster.apply",
            as: "cluster:apply",
            [.cluster, .topology, .source, .prune, .renew],
            result: "the plan that was carried out",
            summary: "Makes the cluster as its topology says; without a topology, as it was last asked to be.",
            effect: .change
        ) { call in
            try await call.orchestrator.apply(
                call.wanted,
                to: try call.text("cluster"),
                prune: call.flag("prune"),
                renew: call.flag("renew")
            )
            .document
        }
    }

    private static var rotateSecrets: Primitive {
        Primitive(
            "cluster.rotate_secrets",
            as: "cluster:rotate_secrets",
            [
                .cluster,
                Parameter(
                    "names",
                    .list,
                    optional: true,
                    "of \(SecretName.allCases.map(\.rawValue).joined(separator: ", ")); all without"
                ),
            ],
            result: "the plan that was carried out",
            summary:
                "Changes passwords and tokens for real; sessions that are open stay open, the old ones let nobody in any more.",
            effect: .change
        ) { call in
            try await call.orchestrator.rotateSecrets(try call.texts("names"), of: try call.text("cluster")).document
        }
    }

    private static var destroy: Primitive {
        Primitive(
            "cluster.destroy",
            as: "cluster:destroy",
            [.cluster, Parameter("keep_data", .boolean, optional: true, "keep the volumes")],
            result: "the plan that was carried out",
            summary: "Removes containers, network and volumes of the cluster, and nothing else.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.destroy(try call.text("cluster"), keepData: call.flag("keep_data")).document
        }
    }
}

extension Parameter {
    static let topology = Parameter(
        "topology",
        .table,
        optional: true,
        "what the cluster shall be; what it was last asked to be without"
    )
    static let source = Parameter("source", .string, optional: true, "where the topology comes from, for messages")
    static let renew = Parameter(
        "renew",
        .boolean,
        optional: true,
        "also make containers anew that an older pgbc made, or that are from an older image of the same name"
    )
    static let prune = Parameter("prune", .boolean, optional: true, "take away what the topology does not have")
}
