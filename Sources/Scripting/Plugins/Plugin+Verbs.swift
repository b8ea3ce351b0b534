internal import ClusterModel
public import Orchestration
public import PluginAPI

extension Plugin {
    /// Everything of it that scripts can call: its primitives and its verbs.
    public var callable: [Primitive] { primitives + verbs.map { $0.primitive(in: verbTable) } }

    /// Every script of it: its recipes, and one for each of its verbs.
    public var scripts: [ContributedRecipe] { recipes + verbs.map { $0.script(in: verbTable) } }

    /// The global tables in which scripts see what it brings.
    var tables: Set<String> {
        let ofFunctions = (self as? LuaPlugin).flatMap { $0.functionNames.isEmpty ? nil : $0.table }
        return Set(
            callable.compactMap { $0.name.split(separator: ".").first.map(String.init) }
                + [ofFunctions].compactMap(\.self)
        )
    }

    /// The global table in which scripts see its verbs: `lag_alarm` of `lag-alarm`.
    var verbTable: String { name.replacing("-", with: "_") }
}

extension ContributedVerb {
    private var function: String { name.replacing("-", with: "_") }

    /// What the verb's script calls.
    fileprivate func primitive(in table: String) -> Primitive {
        let cluster = Parameter("cluster", .string, "the cluster's name")
        let values = Parameter("arguments", .table, optional: true, "as pgbc \(name) takes them, by name")
        return Primitive(
            "\(table).\(function)",
            (isAboutCluster ? [cluster] : []) + [values],
            result: "what pgbc \(name) shows",
            summary: summary,
            effect: effect
        ) { call in
            let given = call.arguments["arguments"]?.members ?? []
            return try await body(
                VerbCall(
                    orchestrator: call.orchestrator,
                    console: call.console,
                    cluster: call.arguments["cluster"]?.text ?? "",
                    arguments: Dictionary(given.map { ($0.key, $0.value) }) { $1 }
                )
            )
        }
    }

    /// The recipe that is the verb: it declares the arguments, and calls the primitive.
    fileprivate func script(in table: String) -> ContributedRecipe {
        let declared = Document.object(arguments.map { .init($0.name, $0.declaration) })
        let cluster = isAboutCluster ? "pgbc.cluster().name, " : ""
        return ContributedRecipe(
            name: name,
            source: """
                -- \(name): \(summary.replacing("\n", with: " "))
                local args = pgbc.args \(declared.lua())
                return \(table).\(function)(\(cluster)args)

                """
        )
    }
}

extension VerbArgument {
    /// As the table given to `pgbc.args` has it.
    var declaration: Document {
        let members: [(String, Document)] = [
            ("type", .string(kind.rawValue)), ("help", .string(help)), ("required", isRequired ? true : .null),
            ("default", preset), ("min", min.map(Document.number) ?? .null), ("max", max.map(Document.number) ?? .null),
            ("choices", choices.isEmpty ? .null : .array(choices.map(Document.string))),
            ("positional", position.map(Document.integer) ?? .null),
        ]
        return .object(members.filter { $0.1 != .null }.map { .init($0.0, $0.1) })
    }
}
