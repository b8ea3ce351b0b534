internal import ClusterModel
internal import LuaRuntime

extension LuaValue {
    /// A document for a script. A member that is null is left out, because nil is how Lua says "not known"; in a list it
    /// stays, as `pgbc.null`, because a list cannot have holes.
    init(_ document: Document) {
        switch document {
        case .null: self = .nil
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(Int64(value))
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let elements):
            self = .table(LuaTable(array: elements.map { $0.isNull ? .null : LuaValue($0) }))
        case .object(let members):
            var fields = LuaFields()
            fields.reserveCapacity(members.count)
            for member in members where !member.value.isNull { fields.append(member.key, LuaValue(member.value)) }
            self = .table(LuaTable(fields: fields))
        }
    }
}

extension Document {
    /// A script's value. Lua does not order the fields of a table, so they come in ``FieldOrder``; an empty table is an
    /// empty list.
    init(_ value: LuaValue) {
        switch value {
        case .nil, .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = Int(exactly: value).map(Document.integer) ?? .number(Double(value))
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .bytes(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
        case .table(let table): self = Document(table)
        }
    }

    private init(_ table: LuaTable) {
        let fields = FieldOrder.sorted(table.fields.map { Member($0.key, Document($0.value)) })
        if fields.isEmpty {
            self = .array(table.array.map(Document.init))
        } else if table.array.isEmpty {
            self = .object(fields)
        } else {
            let items = table.array.enumerated().map { Member(String($0 + 1), Document($1)) }
            self = .object(items + fields)
        }
    }
}
