internal import Orchestration

/// A type in the words of LuaCATS.
struct LuaType: Equatable {
    let name: String

    init(_ kind: Parameter.Kind) {
        name =
            switch kind {
            case .string: "string"
            case .integer: "integer"
            case .number: "number"
            case .boolean: "boolean"
            case .list: "any[]"
            case .table: "table"
            case .any: "any"
            }
    }

    /// The type of a result that a declaration describes in words.
    init(result: String) {
        name = Self.known.first { result.hasPrefix($0.words) }?.name ?? "any"
    }

    private static let known: [(words: String, name: String)] = [
        ("nothing", ""), ("never returns", ""), ("list of names", "string[]"), ("list of {", "table[]"),
        ("list of", "any[]"), ("boolean", "boolean"), ("true", "boolean"), ("text", "string"), ("a path", "string"),
        ("seconds", "number"), ("number", "number"), ("integer", "integer"), ("{", "table"), ("the plan", "table"),
        ("the values", "table"), ("rows", "table[]"), ("a table", "table"),
    ]
}
