/// The named fields of a Lua table, in the order in which they were set. Two are equal whatever their order is.
///
/// Most tables have a few fields, are written once and read once: for those a list is much faster than a dictionary.
public struct LuaFields: Sendable {
    private var list: [(key: String, value: LuaValue)] = []

    /// No fields.
    public init() {}

    /// These fields; of two with the same name the last one counts.
    public init(_ pairs: some Sequence<(String, LuaValue)>) {
        for (name, value) in pairs { self[name] = value }
    }

    /// The value of a field, `nil` for none; setting `nil` removes it.
    public subscript(name: String) -> LuaValue? {
        get { list.first { $0.key == name }?.value }
        set {
            guard let place = list.firstIndex(where: { $0.key == name }) else {
                if let newValue { list.append((name, newValue)) }
                return
            }
            if let newValue { list[place].value = newValue } else { list.remove(at: place) }
        }
    }

    /// Adds a field that is known not to be there yet.
    public mutating func append(_ name: String, _ value: LuaValue) { list.append((name, value)) }

    /// Makes room for so many fields.
    public mutating func reserveCapacity(_ count: Int) { list.reserveCapacity(count) }

    /// Their names, in order.
    public var keys: [String] { list.map(\.key) }
}

extension LuaFields: RandomAccessCollection {
    /// The place of the first field.
    public var startIndex: Int { 0 }
    /// The place behind the last one.
    public var endIndex: Int { list.count }
    /// A field by its place.
    public subscript(position: Int) -> (key: String, value: LuaValue) { list[position] }
}

extension LuaFields: Equatable {
    private var byName: [String: LuaValue] { Dictionary(list.map { ($0.key, $0.value) }) { first, _ in first } }

    /// Whether they have the same names with the same values.
    public static func == (left: LuaFields, right: LuaFields) -> Bool {
        guard left.list.count == right.list.count else { return false }
        if zip(left.list, right.list).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) { return true }
        return left.byName == right.byName
    }
}

extension LuaFields: ExpressibleByDictionaryLiteral {
    /// The last of two equal names wins.
    public init(dictionaryLiteral elements: (String, LuaValue)...) { self.init(elements) }
}
