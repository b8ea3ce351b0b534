/// A password or token of a cluster, by the name of its file and of `pgbc secrets`.
public enum SecretName: String, CaseIterable, Sendable {
    /// PostgreSQL's `postgres`, with which `pgbc psql` and `pgbc dsn` log in.
    case superuser
    /// The role of the replicas.
    case replication
    /// The role with which balancers and pgbc look at the nodes.
    case monitor
    /// The user of the balancers' PCP port, and of their REST's login.
    case pcp
    /// The token of the balancers' REST.
    case rest
}

extension Plan {
    /// New secrets: they are written beside the old ones, taken by one balancer's nodes and agent after the other's, and the old ones
    /// are forgotten when all have them. A change that was cut is completed, by the agents or by the same plan.
    public static func changing(_ secrets: [SecretName], of topology: Topology) -> Plan {
        var plan = Plan(cluster: topology.name, desired: topology)
        let names = secrets.map(\.rawValue).joined(separator: ", ")
        plan.add(
            "secrets:write",
            .writeSecrets(secrets),
            "write new secrets beside the old ones: \(names)",
            because: "it was asked for"
        )
        for balancer in topology.balancers {
            plan.add(
                "secrets:\(balancer.name)",
                .takeSecrets(balancer: balancer.name),
                "have \(balancer.name) and its nodes take the new ones",
                because: "the new ones are valid where they were taken",
                after: ["secrets:write"]
            )
        }
        plan.add(
            "secrets:forget",
            .forgetSecrets,
            "forget the old ones",
            because: "nobody uses them any more",
            after: topology.balancers.map { "secrets:\($0.name)" }
        )
        return plan
    }
}
