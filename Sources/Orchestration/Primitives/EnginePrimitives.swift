internal import ClusterModel

extension Primitive {
    /// What was written down of failovers, and the engine itself.
    static var enginePrimitives: [Primitive] { [history, examine] }

    private static var history: Primitive {
        Primitive(
            "cluster.history",
            as: "cluster:history",
            [.cluster, Parameter("balancer", .string, optional: true, "of this balancer only")],
            result:
                "list of {balancer, at, kind, from, to, why, cause, phases = list of {phase, after, text}, outcome}",
            summary: "The failovers and switchovers that were, oldest first, each with its phases and why this node.",
            effect: .read
        ) { call in
            let cluster = try call.text("cluster")
            let observed = try await call.orchestrator.existing(cluster, depth: .engine)
            let chosen = call.optionalText("balancer")
            var stories: [Document] = []
            for balancer in observed.balancers where chosen == nil || chosen == balancer.spec.name {
                let target = Target(cluster: cluster, balancer: balancer.spec.name)
                stories += try await call.orchestrator.backend.history(of: target).map(balancer.named)
            }
            return .array(stories.sorted { $0.moment < $1.moment })
        }
    }

    private static var examine: Primitive {
        Primitive(
            "engine.examine",
            as: "pgbc.examine",
            result: "list of {subject, verdict = good, warning or bad, finding, advice}",
            summary: "Examines the engine: API version, images, ports, subnets, disk.",
            effect: .read
        ) { call in
            let found = try await call.orchestrator.outside {
                try await call.orchestrator.engine?().examine().map(\.document)
            }
            guard case let results?? = found else {
                throw ClusterError(.notFound, operation: "examine the engine", message: "this run has none")
            }
            return .array(results)
        }
    }
}

extension ObservedBalancer {
    /// A story of this balancer with the names of the nodes that it has by their numbers.
    fileprivate func named(_ story: Document) -> Document {
        let members = (story.members ?? []).map { member -> Document.Member in
            guard ["from", "to"].contains(member.key), let id = member.value.wholeNumber else { return member }
            return .init(member.key, .string(nodes.first { $0.spec.id == id }?.spec.host ?? "node \(id)"))
        }
        return .object([.init("balancer", .string(spec.name))] + members)
    }
}

extension Document {
    /// When a story happened: a date and a time that sort as text.
    fileprivate var moment: String { self["at"]?.text ?? "" }
}

extension Examination {
    fileprivate var document: Document {
        [
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "finding": .string(finding),
            "advice": advice.map(Document.string) ?? .null,
        ]
    }
}
