import CLuaBridge

/// Reads the values of a tree that C owns, one after the other.
struct TreeReader {
    private let nodes: UnsafePointer<lb_node>?
    private let bytes: UnsafePointer<CChar>?
    private let count: Int
    private var cursor = 0

    init(_ tree: OpaquePointer) {
        nodes = lb_tree_nodes(tree)
        bytes = lb_tree_bytes(tree)
        count = lb_tree_count(tree)
    }

    mutating func values(_ count: Int) -> [LuaValue] {
        if count == 0 { return [] }
        var result: [LuaValue] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(value()) }
        return result
    }

    mutating func value() -> LuaValue {
        guard let nodes, cursor < count else { return .nil }
        let node = nodes[cursor]
        cursor += 1
        switch node.kind {
        case .LB_NIL: return .nil
        case .LB_NULL: return .null
        case .LB_BOOLEAN: return .boolean(node.integer != 0)
        case .LB_INTEGER: return .integer(node.integer)
        case .LB_NUMBER: return .number(node.number)
        case .LB_STRING: return text(of: node)
        case .LB_TABLE: return .table(table(of: node))
        }
    }

    private func text(of node: lb_node) -> LuaValue {
        guard let bytes else { return .string("") }
        let raw = UnsafeRawBufferPointer(start: bytes + Int(node.offset), count: Int(node.count))
        return raw.withMemoryRebound(to: UInt8.self) { text in
            // Most texts are ASCII, and decoding that is much faster than validating.
            if text.allSatisfy({ $0 < 0x80 }) { return .string(String(decoding: text, as: UTF8.self)) }
            return String(validating: text, as: UTF8.self).map { .string($0) } ?? .bytes(Array(text))
        }
    }

    private mutating func table(of node: lb_node) -> LuaTable {
        var table = LuaTable(array: values(Int(node.count)))
        if node.fields > 0 { table.fields.reserveCapacity(Int(node.fields)) }
        for _ in 0..<node.fields {
            let key = value()
            table.add(key, value())
        }
        return table
    }
}

extension LuaTable {
    /// Adds a field of a table in Lua, where no two have the same name. Bytes that are not UTF-8 are replaced, so that two may have then.
    fileprivate mutating func add(_ key: LuaValue, _ value: LuaValue) {
        switch key {
        case .string(let name): fields.append(name, value)
        case .bytes(let bytes): fields[String(decoding: bytes, as: UTF8.self)] = value
        default: fields[""] = value
        }
    }
}
