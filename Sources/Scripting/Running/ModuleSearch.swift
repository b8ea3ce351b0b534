internal import Orchestration

/// Where `require` looks for modules.
struct ModuleSearch: Sendable {
    let folders: [ScriptFolder]

    /// The text and the path of a module, or `nil` when no folder has it.
    func find(_ name: String) throws(ClusterError) -> (text: String, path: String)? {
        guard name.wholeMatch(of: /[\w-]+(\.[\w-]+)*/) != nil else {
            throw ClusterError(
                .invalid,
                operation: "require \(name)",
                message: "a module's name is made of letters, digits, _ and -, with dots between folders"
            )
        }
        let file = name.replacing(".", with: "/") + ".lua"
        for folder in folders where folder.holds(file) {
            return (String(decoding: try folder.read(file), as: UTF8.self), folder.absolute(file))
        }
        return nil
    }
}
