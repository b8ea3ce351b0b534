internal import ClusterModel

extension Primitive {
    /// What is done to single nodes.
    static var nodeOperations: [Primitive] { [start, stop, restart, rejoin, replace, fence, wait] }

    private static var start: Primitive {
        Primitive(
            "node.start",
            as: "node:start",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Starts the node, waits until it streams, and puts it back into the balancer.",
            effect: .change
        ) { call in
            try await call.orchestrator.start(try call.node()).document
        }
    }

    private static var stop: Primitive {
        Primitive(
            "node.stop",
            as: "node:stop",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Takes the node out of the balancer and stops it; it stays stopped until it is started.",
            effect: .change
        ) { call in
            try await call.orchestrator.stop(try call.node()).document
        }
    }

    private static var restart: Primitive {
        Primitive(
            "node.restart",
            as: "node:restart",
            [
                .cluster, .balancer, .member,
                Parameter("in_place", .boolean, optional: true, "also the primary, without a switchover before"),
            ],
            result: "the plan that was carried out",
            summary: "Takes the node out of the balancer, restarts PostgreSQL, and puts it back when it has caught up.",
            effect: .change
        ) { call in
            try await call.orchestrator.restart(try call.node(), inPlace: call.flag("in_place")).document
        }
    }

    private static var rejoin: Primitive {
        Primitive(
            "node.rejoin",
            as: "node:rejoin",
            [
                .cluster, .balancer, .member,
                Parameter("reclone", .boolean, optional: true, "throw its data away and clone it anew"),
            ],
            result: "the plan that was carried out",
            summary: "Brings a replica back that does not stream.",
            effect: .change,
            raised: { $0["reclone"]?.flag == true ? .destroy : nil }
        ) { call in
            try await call.orchestrator.rejoin(try call.node(), reclone: call.flag("reclone")).document
        }
    }

    private static var replace: Primitive {
        Primitive(
            "node.replace",
            as: "node:replace",
            [.cluster, .balancer, .member],
            result: "the plan that was carried out",
            summary: "Makes a replica anew, container and data, under its old name. Never the primary.",
            effect: .destroy
        ) { call in
            try await call.orchestrator.replace(try call.node()).document
        }
    }

    private static var fence: Primitive {
        Primitive(
            "node.fence",
            as: "node:fence",
            [.cluster, .balancer, .member],
            result: "nothing",
            summary: "Kills a node that hangs, so that it cannot accept a write when it wakes up.",
            effect: .change
        ) { call in
            try await call.orchestrator.fence(try call.node())
            return .null
        }
    }

    private static var wait: Primitive {
        Primitive(
            "node.wait",
            as: "node:wait",
            [
                .cluster, .balancer, .member,
                Parameter("state", .string, NodeState.allCases.map(\.rawValue).joined(separator: ", ")),
                Parameter("seconds", .number(min: 0), optional: true, "how long at most; 60 without"),
            ],
            result: "nothing",
            summary: "Waits until the node is in that state.",
            effect: .read
        ) { call in
            let text = try call.text("state")
            guard let state = NodeState(rawValue: text) else {
                let names = NodeState.allCases.map(\.rawValue)
                throw ArgumentError(
                    callee: "node:wait",
                    parameter: "state",
                    expected: "one of \(names.joined(separator: ", "))",
                    given: Document.string(text).asGiven
                )
            }
            try await call.orchestrator.wait(for: state, of: try call.node(), seconds: call.seconds(default: 60))
            return .null
        }
    }
}
