import PluginAPI

/// The verb `pgbc behind`: a table of the replicas that are further behind than so much.
let behind = ContributedVerb(
    "behind",
    [
        VerbArgument("bytes", .size, default: "0", help: "show those that are further behind than this"),
        VerbArgument("fail", .boolean, default: false, help: "fail when there is one"),
    ],
    summary: "list the replicas that are behind their primary",
    effect: .read
) { call in
    let most = call.arguments["bytes"]?.wholeNumber ?? 0
    let observed = try await call.orchestrator.status(of: call.cluster)
    let rows = observed.balancers.flatMap { balancer in
        balancer.nodes.compactMap { node -> Document? in
            guard let bytes = node.lagBytes(in: balancer), bytes > most else { return nil }
            return [
                "balancer": .string(balancer.spec.name), "node": .string(node.spec.host), "lag_bytes": .integer(bytes),
            ]
        }
    }
    if call.arguments["fail"]?.flag == true, !rows.isEmpty {
        throw ClusterError(
            .verificationFailed,
            operation: "find every replica of \(call.cluster) within \(most.byteText)",
            message: rows.count == 1 ? "one is further behind" : "\(rows.count) are further behind",
            advice: "pgbc status \(call.cluster)"
        )
    }
    return .array(rows)
}
