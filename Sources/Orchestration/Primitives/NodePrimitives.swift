internal import ClusterModel

extension Primitive {
    /// Single containers: SQL, programs, logs.
    static var nodePrimitives: [Primitive] { [query, execute, logs, followLogs] }

    private static var query: Primitive {
        Primitive(
            "node.query",
            as: "node:query",
            [
                .cluster, .balancer, .node,
                Parameter("sql", .string, "one statement; parameters are $1, $2, …"),
                Parameter("parameters", .list, optional: true, "the parameters"),
                Parameter("options", .table, optional: true, "write (boolean), database, timeout (seconds)"),
            ],
            result: "list of rows by column name, with `columns` (the names in order) and `affected`",
            summary: "Runs one statement, read-only unless write is set.",
            effect: .read,
            raised: { $0["options"]?["write"]?.flag == true ? .change : nil }
        ) { call in
            let options = call.arguments["options"] ?? .object([])
            let query = SQLQuery(
                try call.text("sql"),
                parameters: call.arguments["parameters"]?.elements ?? [],
                writes: options["write"]?.flag ?? false,
                database: options["database"]?.text,
                timeout: options["timeout"]?.double ?? 30
            )
            return try await call.orchestrator.backend.query(query, on: try call.target()).document
        }
    }

    private static var execute: Primitive {
        Primitive(
            "node.exec",
            as: "node:exec",
            [.cluster, .balancer, .node, Parameter("command", .list, "the program and its arguments")],
            result: "{exit_code, output, errors}",
            summary: "Runs a program in the container and collects what it prints.",
            effect: .change
        ) { call in
            let command = try call.texts("command")
            guard !command.isEmpty else {
                throw ArgumentError(
                    callee: "node:exec",
                    parameter: "command",
                    expected: "a program",
                    given: "an empty list"
                )
            }
            let result = try await call.orchestrator.backend.execute(command, on: try call.target())
            return [
                "exit_code": .integer(result.exitCode), "output": .string(result.output),
                "errors": .string(result.errors),
            ]
        }
    }

    private static var logs: Primitive {
        Primitive(
            "node.logs",
            as: "node:logs",
            [.cluster, .balancer, .node, .tail],
            result: "list of lines",
            summary: "The last lines of the container's log.",
            effect: .read
        ) { call in
            let options = LogOptions(tail: call.arguments["tail"]?.wholeNumber ?? 100)
            var lines: [Document] = []
            for try await line in try await call.orchestrator.backend.logs(of: try call.target(), options: options) {
                lines.append(.string(line.text))
            }
            return .array(lines)
        }
    }

    private static var followLogs: Primitive {
        Primitive(
            "node.print_logs",
            as: "node:print_logs",
            [.cluster, .balancer, .node, .tail, Parameter("follow", .boolean, optional: true, "go on as lines come")],
            result: "nothing",
            summary: "Prints the container's log line by line; with follow, until it is interrupted.",
            effect: .read
        ) { call in
            let options = LogOptions(follow: call.flag("follow"), tail: call.arguments["tail"]?.wholeNumber)
            for try await line in try await call.orchestrator.backend.logs(of: try call.target(), options: options) {
                call.console.print(line.text)
            }
            try Task.checkCancellation()
            return .null
        }
    }
}

extension Parameter {
    fileprivate static let tail = Parameter(
        "tail",
        .integer(min: 1),
        optional: true,
        "only that many of the last lines"
    )
}

extension SQLResult {
    /// The rows as lists of values, next to the names of the columns.
    fileprivate var document: Document {
        [
            "columns": .array(columns.map(Document.string)), "rows": .array(rows.map(Document.array)),
            "affected": .integer(affected),
        ]
    }
}
