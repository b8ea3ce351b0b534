internal import ClusterModel

extension Primitive {
    /// Who is primary.
    static var switchPrimitives: [Primitive] { [switchover, failover, failoverRisk, promote] }

    private static let successor = Parameter(
        "to",
        .string,
        optional: true,
        "the replica; without, the one that is furthest ahead"
    )

    private static var switchover: Primitive {
        Primitive(
            "balancer.switchover",
            as: "lb:switchover",
            [.cluster, .balancer, successor, .heldSeconds],
            result: "the plan that was carried out; without steps when that node is primary already",
            summary: "Makes another node the primary and loses nothing; refused with reasons when no replica is fit.",
            effect: .change
        ) { call in
            try await call.orchestrator.switchover(
                try call.text("balancer"),
                of: try call.text("cluster"),
                to: call.optionalText("to"),
                seconds: call.arguments["seconds"]?.wholeNumber ?? Step.switchoverLimit
            ).document
        }
    }

    private static var failover: Primitive {
        Primitive(
            "balancer.failover",
            as: "lb:failover",
            [
                .cluster, .balancer, successor,
                Parameter("force", .boolean, optional: true, "accept that what no replica has received is lost"),
            ],
            result: "the plan that was carried out",
            summary: "Makes a replica the primary without the old one; refused without force, with what may be lost.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.failover(
                try call.text("balancer"),
                of: try call.text("cluster"),
                to: call.optionalText("to"),
                force: call.flag("force")
            ).document
        }
    }

    private static var failoverRisk: Primitive {
        Primitive(
            "balancer.failover_risk",
            as: "lb:failover_risk",
            [.cluster, .balancer, successor],
            result: "a sentence",
            summary: "What a forced failover may lose.",
            effect: .read
        ) { call in
            .string(
                try await call.orchestrator.failoverRisk(
                    try call.text("balancer"),
                    of: try call.text("cluster"),
                    to: call.optionalText("to")
                )
            )
        }
    }

    private static var promote: Primitive {
        Primitive(
            "node.promote",
            as: "node:promote",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Makes this replica the primary by a switchover.",
            effect: .change
        ) { call in
            try await call.orchestrator.promote(try call.node()).document
        }
    }
}
