extension LibraryReference {
    /// The library as a `---@meta` file for editors that read LuaCATS.
    public var annotations: String {
        let classes = ["cluster": "Cluster", "lb": "Balancer", "node": "Node"]
        var lines = ["---@meta", "-- Made by: pgbc lua annotations", ""]
        for name in classes.values.sorted() {
            lines += ["---@class \(name)", "---@field name string", "local \(name) = {}", ""]
        }
        for table in groups where classes[table] == nil && table != "run" {
            lines += ["---@class \(table)lib", "\(table) = {}", ""]
        }
        lines += ["---What stands for an absent value where nil would vanish.", "---@type any", "pgbc.null = nil", ""]
        for entry in entries {
            let name = classes[entry.group].map { "\($0):\(entry.name)" } ?? entry.spelling
            lines += Self.declaration(entry, as: name)
        }
        return lines.joined(separator: "\n")
    }

    private static func declaration(_ entry: LibraryEntry, as name: String) -> [String] {
        let parameters = entry.parameters.map { parameter in
            let mark = parameter.isOptional && parameter.name != "..." ? "?" : ""
            return "---@param \(parameter.name)\(mark) \(parameter.type) \(parameter.summary)"
        }
        let result =
            entry.type.isEmpty
            ? [] : ["---@return \(entry.type)\(entry.result.contains("nil") ? "?" : "") # \(entry.result)"]
        let names = entry.parameters.map(\.name).joined(separator: ", ")
        return ["---\(entry.summary)"] + parameters + result + ["function \(name)(\(names)) end", ""]
    }
}
