import PluginAPI

/// The primitive: declared once, so that its arguments are checked and it stands in `pgbc lua reference`.
let worst = Primitive(
    "alarm.worst",
    [Parameter("cluster", .string, "the cluster's name")],
    result: "{node, balancer, lag_bytes}; nil without replicas",
    summary: "The replica that is furthest behind its primary.",
    effect: .read
) { call in
    guard case .string(let cluster)? = call.arguments["cluster"] else { return .null }
    let observed = try await call.orchestrator.backend.observe(cluster, depth: .full)
    let behind = observed.balancers.flatMap { balancer in
        balancer.nodes.compactMap { node in
            node.lagBytes(in: balancer).map { (balancer: balancer.spec.name, node: node.spec.host, bytes: $0) }
        }
    }
    guard let worst = behind.max(by: { $0.bytes < $1.bytes }) else { return .null }
    return ["node": .string(worst.node), "balancer": .string(worst.balancer), "lag_bytes": .integer(worst.bytes)]
}
