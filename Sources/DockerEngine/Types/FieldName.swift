/// A field of the engine's JSON, written as the engine spells it.
struct FieldName: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    func fields() throws -> KeyedDecodingContainer<FieldName> {
        try container(keyedBy: FieldName.self)
    }
}

extension KeyedDecodingContainer where Key == FieldName {
    /// A field that must be there.
    func value<Value: Decodable>(_ field: FieldName) throws -> Value {
        try decode(Value.self, forKey: field)
    }

    /// A field that the engine leaves out, or sends as null, when it is empty.
    func value<Value: Decodable>(_ field: FieldName, or absent: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: field) ?? absent
    }

    /// An object inside the object; nil when it is absent or null.
    func object(_ field: FieldName) throws -> KeyedDecodingContainer<FieldName>? {
        guard contains(field), try !decodeNil(forKey: field) else { return nil }
        return try nestedContainer(keyedBy: FieldName.self, forKey: field)
    }
}

extension Encoder {
    func fields() -> KeyedEncodingContainer<FieldName> {
        container(keyedBy: FieldName.self)
    }
}

extension KeyedEncodingContainer where Key == FieldName {
    /// Writes the field unless it is nil or empty.
    mutating func put(_ value: (some Encodable)?, _ field: FieldName) throws {
        try encodeIfPresent(value, forKey: field)
    }

    mutating func put(nonEmpty value: some Collection & Encodable, _ field: FieldName) throws {
        guard !value.isEmpty else { return }
        try encode(value, forKey: field)
    }

    mutating func object(_ field: FieldName) -> KeyedEncodingContainer<FieldName> {
        nestedContainer(keyedBy: FieldName.self, forKey: field)
    }
}
