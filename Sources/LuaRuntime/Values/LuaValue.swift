/// A Lua value that crosses between a script and the host.
public enum LuaValue: Sendable, Equatable {
    case `nil`
    /// A value that is known to be absent, in a place where Lua's nil would vanish: `host.null` in Lua.
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// A Lua string that is not valid UTF-8.
    case bytes([UInt8])
    case table(LuaTable)
}

extension LuaValue {
    /// Whether it is nil or null.
    public var isAbsent: Bool { self == .nil || self == .null }

    /// The value of a boolean.
    public var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// An integer, or a number that is one exactly.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value) where value >= -0x1p63 && value < 0x1p63 && Double(Int64(value)) == value: Int64(value)
        default: nil
        }
    }

    /// A number of either kind.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A text that is valid UTF-8.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of a table.
    public var table: LuaTable? {
        if case .table(let value) = self { value } else { nil }
    }

    /// The field of a table; nil for anything else.
    public subscript(field: String) -> LuaValue {
        table?.fields[field] ?? .nil
    }

    /// The name of the type as Lua says it, except for `null` and whole numbers.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .null: "null"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string, .bytes: "string"
        case .table: "table"
        }
    }
}

extension LuaValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation
{
    /// Lua's nil.
    public init(nilLiteral: ()) { self = .nil }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number with a fraction.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension LuaValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A table of items.
    public init(arrayLiteral elements: LuaValue...) { self = .table(LuaTable(array: elements)) }

    /// The last of two equal keys wins.
    public init(dictionaryLiteral elements: (String, LuaValue)...) {
        self = .table(LuaTable(fields: LuaFields(elements)))
    }
}
