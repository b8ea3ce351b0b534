internal import ClusterModel

extension Primitive {
    /// Topologies as documents: check, read back, write.
    static var topologyPrimitives: [Primitive] { [check, export, write] }

    private static var check: Primitive {
        Primitive(
            "topology.check",
            as: "pgbc.topology",
            [Parameter("document", .table, "the topology"), Parameter("source", .string, "where it comes from")],
            result: "{name, balancers, nodes}",
            summary: "Reports every problem of a topology at once. Asks no engine.",
            effect: .read
        ) { call in
            do {
                let document = call.arguments["document"] ?? .null
                let drivers = call.orchestrator.drivers
                return try Topology.load(document, source: try call.text("source"), drivers: drivers).summary
            } catch let error as InvalidTopology {
                throw ClusterError(error)
            }
        }
    }

    private static var export: Primitive {
        Primitive(
            "topology.export",
            as: "cluster:topology",
            [.cluster],
            result: "the topology",
            summary: "What the cluster was last asked to be, read back from the engine.",
            effect: .read
        ) { call in
            try await call.topologyOnEngine().document
        }
    }

    private static var write: Primitive {
        Primitive(
            "topology.write",
            as: "cluster:export",
            [.cluster, Parameter("format", .string, "json or lua")],
            result: "text",
            summary: "What the cluster was last asked to be, as a JSON or Lua file.",
            effect: .read
        ) { call in
            let topology = try await call.topologyOnEngine()
            switch try call.text("format") {
            case "json": return .string(topology.document.json(pretty: true))
            case "lua": return .string(topology.lua)
            case let other:
                throw ArgumentError(
                    callee: "cluster:export",
                    parameter: "format",
                    expected: "\"json\" or \"lua\"",
                    given: Document.string(other).asGiven
                )
            }
        }
    }
}

extension Topology {
    /// What a script needs to know of a topology before it is brought up.
    fileprivate var summary: Document {
        [
            "name": .string(name),
            "balancers": .array(balancers.map { .string($0.name) }),
            "nodes": .array(balancers.flatMap(\.nodes).map { .string($0.host) }),
        ]
    }
}
