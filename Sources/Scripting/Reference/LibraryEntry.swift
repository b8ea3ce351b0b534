public import Orchestration
internal import PluginAPI

/// One function or method that scripts can call.
public struct LibraryEntry: Sendable, Equatable {
    /// One parameter as a script gives it.
    public struct Parameter: Sendable, Equatable {
        /// Its name; `...` for any number of values.
        public let name: String
        /// Its type in the words of LuaCATS.
        public let type: String
        /// Whether it may be left out.
        public let isOptional: Bool
        /// One line of documentation.
        public let summary: String
    }

    /// How a script calls it: `lb:scale`.
    public let spelling: String
    /// Its parameters, in order.
    public let parameters: [Parameter]
    /// What it returns, in words; "nothing" when that is so.
    public let result: String
    /// The type of what it returns, in the words of LuaCATS; empty when that is nothing.
    public let type: String
    /// One line of documentation.
    public let summary: String
    /// What it does to the world.
    public let effect: Primitive.Effect
    /// Names of the primitives that it asks for.
    public let primitives: [String]

    /// The name without the object or the table: `scale`.
    public var name: String { String(spelling.split(whereSeparator: { $0 == ":" || $0 == "." }).last ?? "") }

    /// The object or the table that it belongs to: `lb`; `run` for a global function.
    public var group: String {
        guard let end = spelling.firstIndex(where: { $0 == ":" || $0 == "." }) else { return "run" }
        return String(spelling[..<end])
    }

    /// How it is called, with its parameters: `lb:scale(replicas)`.
    public var signature: String {
        let required = parameters.prefix { !$0.isOptional }.map(\.name).joined(separator: ", ")
        let rest = parameters.drop { !$0.isOptional }.map(\.name)
        let optional = rest.isEmpty ? "" : "[\(required.isEmpty ? "" : ", ")\(rest.joined(separator: ", "))]"
        return "\(spelling)(\(required)\(optional))"
    }

    /// What the prompt's `.help` shows.
    public var help: String {
        let width = parameters.map(\.name.count).max() ?? 0
        let rows = parameters.map { parameter in
            let padding = String(repeating: " ", count: width - parameter.name.count)
            return "  \(parameter.name)\(padding)  \(parameter.type)\(parameter.isOptional ? ", optional" : ""): "
                + parameter.summary
        }
        let ends = ["  returns \(result)"] + (effect == .read ? [] : ["  effect: \(effect.rawValue)"])
        return ([signature, "  \(summary)"] + rows + ends).joined(separator: "\n")
    }
}

extension LibraryEntry {
    /// A function or method that is one primitive. What a method takes from its object is no parameter.
    init(_ primitive: Primitive) {
        let object = primitive.spelling.split(separator: ":").first.map(String.init) ?? ""
        let implied = Self.implied[object] ?? []
        self.init(
            spelling: primitive.spelling,
            parameters: primitive.parameters.filter { !implied.contains($0.name) }.map(Parameter.init),
            result: primitive.result,
            type: LuaType(result: primitive.result).name,
            summary: primitive.summary,
            effect: primitive.effect,
            primitives: [primitive.name]
        )
    }

    /// What the objects of each kind know of themselves.
    private static let implied = [
        "cluster": ["cluster"], "lb": ["cluster", "balancer"], "node": ["cluster", "balancer", "node"],
    ]

    /// The functions of a plugin of Lua, of which no more is known than their names.
    static func functions(of plugin: any Plugin) -> [LibraryEntry] {
        guard let plugin = plugin as? LuaPlugin else { return [] }
        return plugin.functionNames.map { name in
            LibraryEntry(
                spelling: "\(plugin.table).\(name)",
                parameters: [Parameter("...", "any", optional: true, "see the plugin \(plugin.name)")],
                result: "any value",
                type: "any",
                summary: "A function of the plugin \(plugin.name). \(plugin.summary)",
                effect: .change,
                primitives: []
            )
        }
    }
}

extension LibraryEntry.Parameter {
    init(_ name: String, _ type: String, optional: Bool = false, _ summary: String) {
        self.init(name: name, type: type, isOptional: optional, summary: summary)
    }

    fileprivate init(_ parameter: Parameter) {
        self.init(
            name: parameter.name,
            type: LuaType(parameter.kind).name,
            isOptional: parameter.isOptional,
            summary: parameter.summary
        )
    }
}
