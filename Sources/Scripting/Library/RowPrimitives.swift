internal import ClusterModel
internal import Orchestration
internal import Synchronization

/// The statements whose rows a script is reading.
final class OpenRows: Sendable {
    private let state = Mutex<(last: Int, sources: [Int: any RowSource])>((0, [:]))

    func add(_ source: any RowSource) -> Int {
        state.withLock { state in
            state.last += 1
            state.sources[state.last] = source
            return state.last
        }
    }

    func source(_ number: Int) -> (any RowSource)? { state.withLock { $0.sources[number] } }

    func remove(_ number: Int) -> (any RowSource)? { state.withLock { $0.sources.removeValue(forKey: number) } }
}

extension OpenRows {
    /// Reading a large result in batches.
    var primitives: [Primitive] { [open, next, close] }

    private var open: Primitive {
        Primitive(
            "rows.open",
            as: "node:rows",
            [
                Parameter("cluster", .string, "the cluster's name"),
                Parameter("balancer", .string, "the balancer's name"),
                Parameter("node", .string, optional: true, "the node; the balancer itself without"),
                Parameter("sql", .string, "one statement that reads; parameters are $1, $2, …"),
                Parameter("parameters", .list, optional: true, "the parameters"),
                Parameter(
                    "options",
                    .table,
                    optional: true,
                    "batch (rows fetched at once), database, timeout (seconds)"
                ),
            ],
            result: "a number for rows.next",
            summary: "Begins to read the rows of a statement, some at a time.",
            effect: .read
        ) { call in
            let options = call.arguments["options"] ?? .object([])
            let query = SQLQuery(
                call.arguments["sql"]?.text ?? "",
                parameters: call.arguments["parameters"]?.elements ?? [],
                database: options["database"]?.text,
                timeout: options["timeout"]?.double ?? 30
            )
            let target = Target(
                cluster: call.arguments["cluster"]?.text ?? "",
                balancer: call.arguments["balancer"]?.text ?? "",
                node: call.arguments["node"]?.text
            )
            let batch = min(max(options["batch"]?.wholeNumber ?? 500, 1), 100_000)
            return .integer(self.add(try await call.orchestrator.backend.rows(query, on: target, batch: batch)))
        }
    }

    private var next: Primitive {
        Primitive(
            "rows.next",
            as: "node:rows",
            [Parameter("number", .integer(), "what rows.open gave")],
            result: "{columns, rows}, or nil at the end",
            summary: "The next rows of a statement.",
            effect: .read
        ) { call in
            guard let source = self.source(call.arguments["number"]?.wholeNumber ?? 0) else {
                throw ClusterError(
                    .failed,
                    operation: "read on",
                    message: "the rows of a run that was cut are gone",
                    advice: "run the script anew"
                )
            }
            guard let batch = try await source.next() else { return .null }
            return [
                "columns": .array(batch.columns.map(Document.string)), "rows": .array(batch.rows.map(Document.array)),
            ]
        }
    }

    private var close: Primitive {
        Primitive(
            "rows.close",
            as: "node:rows",
            [Parameter("number", .integer(), "what rows.open gave")],
            result: "nothing",
            summary: "Ends the reading of rows.",
            effect: .read
        ) { call in
            await self.remove(call.arguments["number"]?.wholeNumber ?? 0)?.close()
            return .null
        }
    }
}
