internal import ClusterModel
internal import Orchestration

extension [ScriptParameter] {
    /// Reads the table given to `pgbc.args`. Required arguments first, then by name: a Lua table has no order of its own.
    init(declared: Document?) throws(ClusterError) {
        self = []
        for member in declared?.members ?? [] { append(try ScriptParameter(member.key, member.value)) }
        sort { left, right in (left.isRequired ? 0 : 1, left.name) < (right.isRequired ? 0 : 1, right.name) }
    }

    /// Those that may be given as a word of their own, in the order of such words; a list takes all that are left.
    var positional: [ScriptParameter] {
        filter { $0.position != nil }.sorted { left, right in
            (left.kind == .list ? 1 : 0, left.position ?? 0, left.isRequired ? 0 : 1, left.name)
                < (right.kind == .list ? 1 : 0, right.position ?? 0, right.isRequired ? 0 : 1, right.name)
        }
    }
}

extension ScriptParameter {
    /// The name as command lines write it: `keep-data`.
    var dashed: String { name.replacing("_", with: "-") }
}
