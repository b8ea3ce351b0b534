public import ClusterModel

extension Primitive {
    /// Gives each positional argument its parameter's name, after checking it against the declaration.
    ///
    /// What was left out, or given as nil, is missing from the result.
    public func bind(_ values: [Document], location: String? = nil) throws(ArgumentError) -> [String: Document] {
        let given = values.dropLast(values.reversed().prefix { $0 == .null }.count)
        guard given.count <= parameters.count else {
            throw ArgumentError(
                callee: spelling,
                parameter: nil,
                expected: "at most \(parameters.count)",
                given: String(given.count),
                location: location
            )
        }
        var bound: [String: Document] = [:]
        for (index, parameter) in parameters.enumerated() {
            let value = index < given.count ? given[index] : .null
            guard parameter.accepts(value) else {
                throw ArgumentError(
                    callee: spelling,
                    parameter: parameter.name,
                    expected: parameter.kind.description,
                    given: value.asGiven,
                    location: location
                )
            }
            if value != .null { bound[parameter.name] = value }
        }
        return bound
    }
}

extension Parameter {
    /// Whether this value may be passed.
    func accepts(_ value: Document) -> Bool {
        if value == .null { return isOptional }
        switch kind {
        case .string: return value.text != nil
        case .integer(let min, let max):
            guard let number = value.wholeNumber else { return false }
            return number >= min ?? .min && number <= max ?? .max
        case .number(let min): return value.double.map { $0 >= min ?? -.infinity } ?? false
        case .boolean: return value.flag != nil
        case .list: return value.elements != nil
        case .table: return value.members != nil || value.elements != nil
        case .any: return true
        }
    }
}

extension Document {
    /// The number, where this is one.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The truth value, where this is one.
    public var flag: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The elements, where this is a list. An empty table is an empty list too, because Lua does not tell the two apart.
    public var elements: [Document]? {
        switch self {
        case .array(let elements): elements
        case .object(let members) where members.isEmpty: []
        default: nil
        }
    }

    /// The members, where this is an object. An empty list is an empty object too.
    public var members: [Member]? {
        switch self {
        case .object(let members): members
        case .array(let elements) where elements.isEmpty: []
        default: nil
        }
    }

    /// This value as a message about a wrong argument shows it: `string "two"`, `number 2.5`, `nothing`.
    public var asGiven: String {
        switch self {
        case .null: "nothing"
        case .boolean(let value): "boolean \(value)"
        case .integer(let value): "number \(value)"
        case .number(let value): "number \(value.shortText)"
        case .string(let text): "string \"\(text.count > 40 ? text.prefix(40) + "…" : text[...])\""
        case .array(let elements): elements.isEmpty ? "an empty table" : "a list"
        case .object: "a table"
        }
    }
}
