/// A Lua table: a list from index 1, and named fields. Fields whose value is nil do not exist.
public struct LuaTable: Sendable, Equatable {
    public var array: [LuaValue]
    public var fields: [String: LuaValue]

    public init() { self.init(array: []) }

    public init(array: [LuaValue] = [], fields: [String: LuaValue] = [:]) {
        self.array = array
        self.fields = fields
    }

    public var isEmpty: Bool { array.isEmpty && fields.isEmpty }

    /// The names of the fields in a fixed order.
    public var fieldNames: [String] { fields.keys.sorted() }

    public subscript(field: String) -> LuaValue {
        get { fields[field] ?? .nil }
        set { fields[field] = newValue == .nil ? nil : newValue }
    }
}

extension LuaTable: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self.init(fields: Dictionary(elements) { _, last in last })
    }

    public init(arrayLiteral elements: LuaValue...) {
        self.init(array: elements)
    }
}
