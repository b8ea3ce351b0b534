internal import ClusterModel
internal import LuaRuntime

extension Document {
    /// What a script returned. A list of rows whose `columns` field names the columns keeps their order.
    ///
    /// Several values become a list; none becomes null.
    init(returned values: [LuaValue]) {
        switch values.count {
        case 0: self = .null
        case 1: self = Document(returned: values[0])
        default: self = .array(values.map { Document(returned: $0) })
        }
    }

    private init(returned value: LuaValue) {
        guard case .table(let table) = value, let columns = table.columns else {
            self = Document(value)
            return
        }
        // One row, of which Lua does not keep the fields that are nil.
        if table.array.isEmpty, columns.contains(where: { table.fields[$0] != nil }) {
            self = Document(row: table, columns: columns)
        } else {
            self = .array(
                table.array.map { row in
                    guard case .table(let row) = row else { return Document(row) }
                    return Document(row: row, columns: columns)
                }
            )
        }
    }

    private init(row: LuaTable, columns: [String]) {
        self = .object(columns.map { Member($0, Document(row.fields[$0] ?? .null)) })
    }
}

extension LuaTable {
    /// The names in the field `columns`, where there are some.
    fileprivate var columns: [String]? {
        guard case .table(let list)? = fields["columns"], !list.array.isEmpty else { return nil }
        var names: [String] = []
        for case .string(let name) in list.array { names.append(name) }
        return names.count == list.array.count ? names : nil
    }
}
