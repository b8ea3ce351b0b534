internal import ClusterModel
internal import Orchestration

extension ScriptSession {
    /// The primitives that belong to one run of a script: its arguments, its files, what it was started for.
    var primitives: [Primitive] {
        [selection, configFile, arguments, module, encode, decode] + Primitive.yamlPrimitives + topologyFiles
            + outsidePrimitives
    }

    private var selection: Primitive {
        Primitive(
            "run.selection",
            as: "pgbc.cluster",
            result: "{cluster} or {config}",
            summary:
                "The cluster that the run was started for: --cluster, --config, a file in this folder, or the only one.",
            effect: .read
        ) { call in
            if let config { return ["config": .string(config)] }
            if let cluster = start.cluster { return ["cluster": .string(cluster)] }
            let known = try await call.orchestrator.backend.clusters().sorted()
            guard known.count == 1, let only = known.first else { throw ClusterError.noneSelected(of: known) }
            return ["cluster": .string(only)]
        }
    }

    private var configFile: Primitive {
        Primitive(
            "run.config",
            as: "pgbc.topology",
            result: "a path",
            summary: "The configuration file that the run was started with, or the one in this folder.",
            effect: .read
        ) { _ in
            if let config { return .string(config) }
            throw ClusterError(
                .invalid,
                operation: "choose a configuration file",
                message: "none was given, and there is no \(ScriptFolder.presets.joined(separator: " or ")) here",
                advice: "give one with --config FILE"
            )
        }
    }

    private var arguments: Primitive {
        Primitive(
            "args.parse",
            as: "pgbc.args",
            [Parameter("arguments", .table, "name = { help, type, required, default, min, max, choices, positional }")],
            result: "the values by name",
            summary: "Declares the arguments of the script; flags, checks and --help come from it.",
            effect: .read
        ) { call in
            let parameters = try [ScriptParameter](declared: call.arguments["arguments"])
            let reader = ScriptArguments(command: start.command, parameters: parameters)
            if start.asksForHelp { throw ScriptHelp(text: reader.help(summary: script.summary)) }
            return try reader.parse(start.arguments)
        }
    }

    private var module: Primitive {
        Primitive(
            "module.find",
            as: "require",
            [Parameter("name", .string, "the module's name; a dot separates folders")],
            result: "{source, path}, or nil",
            summary: "Finds a module beside the script, in ./pgbc, and in the user's and the system's script folders.",
            effect: .read
        ) { call in
            guard let name = call.arguments["name"]?.text, let found = try modules.find(name) else { return .null }
            return ["source": .string(found.text), "path": .string(found.path)]
        }
    }

    private var encode: Primitive {
        Primitive(
            "data.json_encode",
            as: "json.encode",
            [
                Parameter("value", .any, optional: true, "any value"),
                Parameter("pretty", .boolean, optional: true, "indented"),
            ],
            result: "text",
            summary: "A value as JSON; an empty table is an empty list.",
            effect: .read
        ) { call in
            .string((call.arguments["value"] ?? .null).json(pretty: call.arguments["pretty"]?.flag ?? false))
        }
    }

    private var decode: Primitive {
        Primitive(
            "data.json_decode",
            as: "json.decode",
            [Parameter("text", .string, "JSON")],
            result: "the value",
            summary: "Reads JSON; null becomes nil in an object and pgbc.null in a list.",
            effect: .read
        ) { call in
            do throws(DocumentSyntaxError) {
                return try Document(json: call.arguments["text"]?.text ?? "", source: "the text")
            } catch {
                throw ClusterError(.invalid, operation: "read JSON", message: error.description)
            }
        }
    }
}

extension ClusterError {
    fileprivate static func noneSelected(of known: [String]) -> ClusterError {
        ClusterError(
            known.isEmpty ? .notFound : .invalid,
            operation: "choose a cluster",
            message: known.isEmpty ? "the engine holds none" : "the engine holds \(known.joined(separator: ", "))",
            advice: known.isEmpty
                ? "pgbc init --config FILE creates one" : "name one of them, or give its --config FILE"
        )
    }
}
