/// A parsed configuration value, whatever it was written in.
///
/// JSON and Lua topologies both become a `Document`; `Topology.load(_:source:host:running:)` reads it. Objects keep the
/// order in which their members were written, so that a document that is read and written again looks the same.
public enum Document: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([Document])
    case object([Member])

    /// One key of an object with its value. A key appears once in an object.
    public struct Member: Sendable, Equatable {
        /// Any text.
        public var key: String
        /// Any value, null included.
        public var value: Document

        /// A key and its value.
        public init(_ key: String, _ value: Document) {
            self.key = key
            self.value = value
        }
    }
}

extension Document {
    /// The value of a key of an object; nil for an absent key and for anything that is not an object.
    public subscript(key: String) -> Document? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// Whether this is null.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The string, where this is one.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number, where this is one. `4.0` counts as 4, because Lua and JSON writers do not always keep the two
    /// apart.
    public var wholeNumber: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The text of a single value as a configuration file would have it: a boolean is `on` or `off`; nil for null,
    /// lists and objects.
    public var scalarText: String? {
        switch self {
        case .boolean(let value): value ? "on" : "off"
        case .integer(let value): String(value)
        case .number(let value): wholeNumber.map(String.init) ?? value.description
        case .string(let value): value
        case .null, .array, .object: nil
        }
    }

    /// What kind of value this is, as a reader of an error message would call it.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension Document: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// A list.
    public init(arrayLiteral elements: Document...) { self = .array(elements) }

    /// An object with its members in the order written.
    public init(dictionaryLiteral elements: (String, Document)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
