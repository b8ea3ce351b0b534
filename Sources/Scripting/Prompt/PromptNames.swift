internal import ClusterModel
internal import Orchestration

/// What an input at a prompt can name: a snapshot of the machine's globals, and of what they hold.
public struct PromptNames: Sendable, Equatable {
    /// Kinds of globals by name: a type of Lua, or `cluster`, `lb`, `node`.
    public let globals: [String: String]
    /// Names of the fields of globals that are tables.
    public let fields: [String: [String]]
    /// Names of the methods of each kind of object.
    public let methods: [String: [String]]

    /// Nothing at all.
    public static let none = PromptNames(.null)

    init(_ document: Document) {
        var globals: [String: String] = [:], fields: [String: [String]] = [:]
        for entry in document["globals"]?.elements ?? [] {
            guard let name = entry["name"]?.text else { continue }
            globals[name] = entry["kind"]?.text ?? ""
            fields[name] = entry["fields"]?.elements?.compactMap(\.text).sorted()
        }
        self.globals = globals
        self.fields = fields
        let methods = (document["methods"]?.members ?? []).map { kind in
            (kind.key, (kind.value.elements ?? []).compactMap(\.text).sorted())
        }
        self.methods = Dictionary(methods) { $1 }
    }
}
