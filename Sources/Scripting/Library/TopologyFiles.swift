internal import ClusterModel
internal import Orchestration

extension ScriptSession {
    /// Reading configuration files. A Lua file is evaluated by the prelude, in the same machine as the script.
    var topologyFiles: [Primitive] { [read, refuse] }

    private var read: Primitive {
        Primitive(
            "topology.read",
            as: "pgbc.topology",
            [Parameter("file", .string, "a JSON or Lua file")],
            result: "{document} for JSON, {text} for Lua",
            summary: "Reads a configuration file.",
            effect: .read
        ) { call in
            let path = call.arguments["file"]?.text ?? ""
            let bytes = try folder.read(path)
            guard Self.isJSON(path, bytes) else { return ["text": .string(String(decoding: bytes, as: UTF8.self))] }
            do throws(DocumentSyntaxError) {
                return ["document": try Document(json: bytes, source: path)]
            } catch {
                throw ClusterError(.invalid, operation: "read \(path)", message: error.description)
            }
        }
    }

    private var refuse: Primitive {
        Primitive(
            "topology.refuse",
            as: "pgbc.topology",
            [Parameter("file", .string, "the file"), Parameter("reason", .string, "what is wrong with it")],
            result: "never returns",
            summary: "Reports a Lua configuration file that cannot be used.",
            effect: .read
        ) { call in
            throw ClusterError(
                .invalid,
                operation: "read \(call.arguments["file"]?.text ?? "")",
                message: call.arguments["reason"]?.text ?? ""
            )
        }
    }

    /// By the name's ending; another ending is JSON when the text begins like it.
    private static func isJSON(_ path: String, _ bytes: [UInt8]) -> Bool {
        if path.hasSuffix(".lua") { return false }
        if path.hasSuffix(".json") { return true }
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
