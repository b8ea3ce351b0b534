internal import ClusterModel

extension Primitive {
    /// What a balancer does with its clients and its nodes.
    static var clientPrimitives: [Primitive] { [attach, detach, pause, resume, reload, pool, nodesSeen] }

    private static var attach: Primitive {
        Primitive(
            "balancer.attach",
            as: "lb:attach",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Puts a node back into the balancer once it has caught up; a stopped one is started first.",
            effect: .change
        ) { call in
            try await call.orchestrator.attach(try call.node()).document
        }
    }

    private static var detach: Primitive {
        Primitive(
            "balancer.detach",
            as: "lb:detach",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Takes a node out of the balancer; it stays out until it is attached. Never the primary.",
            effect: .change
        ) { call in
            try await call.orchestrator.detach(try call.node()).document
        }
    }

    private static var pause: Primitive {
        Primitive(
            "balancer.pause",
            as: "lb:pause",
            [.cluster, .balancer, .heldSeconds],
            result: "the plan that was carried out",
            summary: "Has the clients wait instead of failing; past the seconds the balancer itself lets them go on.",
            effect: .change
        ) { call in
            try await call.orchestrator.pause(
                try call.text("balancer"),
                of: try call.text("cluster"),
                seconds: call.arguments["seconds"]?.wholeNumber ?? Step.switchoverLimit
            ).document
        }
    }

    private static var resume: Primitive {
        Primitive(
            "balancer.resume",
            as: "lb:resume",
            [.cluster, .balancer],
            result: "the plan that was carried out",
            summary: "Lets the clients go on.",
            effect: .change
        ) { call in
            try await call.orchestrator.resume(try call.text("balancer"), of: try call.text("cluster")).document
        }
    }

    private static var reload: Primitive {
        Primitive(
            "balancer.reload",
            as: "lb:reload",
            [.cluster, .balancer],
            result: "the plan that was carried out",
            summary: "Has the nodes read their settings again, and then the balancer its parameters.",
            effect: .change
        ) { call in
            try await call.orchestrator.reload(try call.text("balancer"), of: try call.text("cluster")).document
        }
    }

    private static var pool: Primitive {
        Primitive(
            "balancer.pool",
            as: "lb:pool",
            [.cluster, .balancer],
            result: "{sessions, capacity, hold, paused, waiting, clients}",
            summary: "How much of the pool is used, and whether clients are held.",
            effect: .read
        ) { call in
            let seen = try await call.observedBalancer()
            return [
                "sessions": seen.pool?.sessions.map(Document.integer) ?? .null,
                "capacity": seen.pool?.capacity.map(Document.integer) ?? .null,
                "hold": .boolean(seen.spec.hold),
                "paused": .boolean(seen.hold?.isPaused ?? false),
                "waiting": seen.hold.map { .integer($0.waiting) } ?? .null,
                "clients": seen.hold.map { .integer($0.clients) } ?? .null,
            ]
        }
    }

    private static var nodesSeen: Primitive {
        Primitive(
            "balancer.nodes_seen",
            as: "lb:nodes_seen",
            [.cluster, .balancer],
            result: "list of {node, node_id, status, role, weight, selects, detached}",
            summary: "The balancer's own view of its nodes.",
            effect: .read
        ) { call in
            let seen = try await call.observedBalancer()
            guard let pool = seen.pool else {
                throw ClusterError(
                    .failed,
                    operation: "ask \(seen.spec.name) for its nodes",
                    message: seen.poolError ?? "it is \(seen.container?.state.rawValue ?? "not there")"
                )
            }
            return .array(pool.nodes.map { $0.document(named: seen.nodeName($0.id)) })
        }
    }
}

extension PrimitiveCall {
    /// The balancer of a call, observed now.
    func observedBalancer() async throws -> ObservedBalancer {
        let observed = try await orchestrator.status(of: try text("cluster"))
        return try Scene(observed, balancer: try text("balancer"), to: "observe \(try text("balancer"))").balancer
    }
}

extension ObservedBalancer {
    fileprivate func nodeName(_ id: Int) -> String { nodes.first { $0.spec.id == id }?.spec.host ?? "node \(id)" }
}

extension PoolView.Node {
    fileprivate func document(named name: String) -> Document {
        [
            "node": .string(name), "node_id": .integer(id), "status": .string(status), "role": .string(role),
            "weight": .number(weight), "selects": .integer(selects), "detached": .boolean(isDetached),
        ]
    }
}
