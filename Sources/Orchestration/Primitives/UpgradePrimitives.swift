internal import ClusterModel

extension Primitive {
    /// Major versions of PostgreSQL.
    static var upgradePrimitives: [Primitive] { [imageVersion, upgrades, upgrade, undoUpgrade, commitUpgrade] }

    private static let held = Parameter(
        "seconds",
        .integer(min: 10, max: 600),
        optional: true,
        "how long clients may be held; 300 without"
    )

    private static var imageVersion: Primitive {
        Primitive(
            "engine.postgres_version",
            as: "pgbc.postgres_version",
            [Parameter("image", .string, "the image")],
            result: "a version such as 17.5; nil where it cannot be told",
            summary: "Which PostgreSQL an image holds; fails when it holds none.",
            effect: .read
        ) { call in
            try await call.orchestrator.version(of: try call.text("image")).map(Document.string) ?? .null
        }
    }

    private static var upgrades: Primitive {
        Primitive(
            "cluster.upgrades",
            as: "cluster:upgrades",
            [.cluster],
            result: "list of {balancer, image, from, to, phase = begun, serving, complete, undoing or committing}",
            summary: "Major upgrades that are neither committed nor taken back, by their versions.",
            effect: .read
        ) { call in
            let observed = try await call.orchestrator.existing(try call.text("cluster"), depth: .control)
            return .array(
                try observed.balancers.compactMap { balancer in
                    let scene = try Scene(observed, balancer: balancer.spec.name, to: "look for major upgrades")
                    return try scene.readableUpgrade().map { upgrade in
                        [
                            "balancer": .string(balancer.spec.name), "image": .string(upgrade.to),
                            "from": .integer(upgrade.fromMajor), "to": .integer(upgrade.toMajor),
                            "phase": .string(upgrade.phase.rawValue),
                        ]
                    }
                }
            )
        }
    }

    private static var upgrade: Primitive {
        Primitive(
            "balancer.upgrade",
            as: "lb:upgrade",
            [.cluster, .balancer, Parameter("image", .string, "the new image"), held],
            result: "the plan that was carried out",
            summary:
                "Takes all nodes to a later major version with pg_upgrade, after checks; taken back when the new primary does not come up.",
            effect: .change
        ) { call in
            try await call.orchestrator.upgrade(
                try call.text("balancer"),
                of: try call.text("cluster"),
                to: try call.text("image"),
                seconds: call.arguments["seconds"]?.wholeNumber ?? 300
            ).document
        }
    }

    private static var undoUpgrade: Primitive {
        Primitive(
            "balancer.undo_upgrade",
            as: "lb:undo_upgrade",
            [.cluster, .balancer, held],
            result: "the plan that was carried out",
            summary: "Puts the images and the data from before the upgrade back; what was written since is lost.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.undoUpgrade(
                try call.text("balancer"),
                of: try call.text("cluster"),
                seconds: call.arguments["seconds"]?.wholeNumber ?? 300
            ).document
        }
    }

    private static var commitUpgrade: Primitive {
        Primitive(
            "balancer.commit_upgrade",
            as: "lb:commit_upgrade",
            [.cluster, .balancer],
            result: "the plan that was carried out",
            summary: "Removes the data from before the upgrade; there is no way back afterwards.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.commitUpgrade(try call.text("balancer"), of: try call.text("cluster")).document
        }
    }
}
