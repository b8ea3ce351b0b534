/// A Lua table: a list from index 1, and named fields. Fields whose value is nil do not exist.
public struct LuaTable: Sendable, Equatable {
    /// The items from index 1; nil for a hole.
    public var array: [LuaValue]
    /// The values with a name.
    public var fields: LuaFields

    /// An empty table.
    public init() { self.init(array: []) }

    /// A table with these items and fields.
    public init(array: [LuaValue] = [], fields: LuaFields = LuaFields()) {
        self.array = array
        self.fields = fields
    }

    /// Whether it has neither items nor fields.
    public var isEmpty: Bool { array.isEmpty && fields.isEmpty }

    /// The names of the fields in a fixed order.
    public var fieldNames: [String] { fields.keys.sorted() }

    /// The value of a field; setting nil removes it.
    public subscript(field: String) -> LuaValue {
        get { fields[field] ?? .nil }
        set { fields[field] = newValue == .nil ? nil : newValue }
    }
}

extension LuaTable: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    /// Fields only; the last of two equal names wins.
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self.init(fields: LuaFields(elements))
    }

    /// Items only.
    public init(arrayLiteral elements: LuaValue...) {
        self.init(array: elements)
    }
}
