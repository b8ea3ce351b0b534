internal import ClusterModel

extension Primitive {
    /// Balancers and the number of their replicas.
    static var balancerPrimitives: [Primitive] { [scale, addReplicas, removeReplicas, connectionString] }

    private static var scale: Primitive {
        Primitive(
            "balancer.scale",
            as: "lb:scale",
            [.cluster, .balancer, Parameter("replicas", .integer(min: 0, max: 31), "replicas wanted")],
            result: "the plan that was carried out",
            summary:
                "Sets the number of replicas: clones, attaches and verifies new ones, drains and removes surplus ones.",
            effect: .change
        ) { call in
            try await call.orchestrator.scale(
                try call.text("balancer"),
                of: try call.text("cluster"),
                to: try call.integer("replicas")
            ).document
        }
    }

    private static var addReplicas: Primitive {
        Primitive(
            "balancer.add_replicas",
            as: "lb:add_replica",
            [
                .cluster, .balancer,
                Parameter("count", .integer(min: 1, max: 31), optional: true, "how many; 1 without"),
            ],
            result: "the plan that was carried out",
            summary: "Adds replicas, and returns when the balancer itself shows them up.",
            effect: .change
        ) { call in
            try await call.orchestrator.addReplicas(
                call.arguments["count"]?.wholeNumber ?? 1,
                to: try call.text("balancer"),
                of: try call.text("cluster")
            ).document
        }
    }

    private static var removeReplicas: Primitive {
        Primitive(
            "balancer.remove_replicas",
            as: "lb:remove_replica",
            [
                .cluster, .balancer,
                Parameter(
                    "which",
                    .any,
                    optional: true,
                    "how many (the highest numbers go first), a name, or a list of names"
                ),
            ],
            result: "the plan that was carried out",
            summary: "Takes replicas out of the balancer and removes them with their data; never the primary.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.removeReplicas(
                try call.replicaChoice(),
                from: try call.text("balancer"),
                of: try call.text("cluster")
            ).document
        }
    }

    private static var connectionString: Primitive {
        Primitive(
            "cluster.dsn",
            as: "lb:dsn",
            [
                .cluster, .balancer, .node,
                Parameter("database", .string, optional: true, "the database; postgres without"),
            ],
            result: "text; it contains the password",
            summary: "A libpq connection string for clients on this machine.",
            effect: .read
        ) { call in
            .string(
                try await call.orchestrator.backend.connectionString(
                    for: try call.target(),
                    database: call.optionalText("database")
                )
            )
        }
    }
}

extension PrimitiveCall {
    fileprivate func replicaChoice() throws -> ReplicaChoice {
        let value = arguments["which"] ?? 1
        if let name = value.text { return .names([name]) }
        if let count = value.wholeNumber, count > 0 { return .count(count) }
        guard case .array(let elements) = value, !elements.isEmpty else {
            throw ArgumentError(
                callee: "lb:remove_replica",
                parameter: "which",
                expected: "an integer of at least 1, a name, or a list of names",
                given: value.asGiven
            )
        }
        return .names(try texts("which"))
    }
}
