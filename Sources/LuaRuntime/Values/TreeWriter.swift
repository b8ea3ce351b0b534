import CLuaBridge

/// Writes values to a tree that C owns. Lack of memory is remembered by the tree; only nesting is refused here.
struct TreeWriter {
    let tree: OpaquePointer

    func write(_ values: [LuaValue]) throws(LuaValueError) {
        for value in values { try write(value) }
    }

    func write(_ value: LuaValue, depth: Int32 = 0) throws(LuaValueError) {
        switch value {
        case .nil: lb_tree_add_nil(tree)
        case .null: lb_tree_add_null(tree)
        case .boolean(let value): lb_tree_add_boolean(tree, value)
        case .integer(let value): lb_tree_add_integer(tree, value)
        case .number(let value): lb_tree_add_number(tree, value)
        case .string(let text): write(text)
        case .bytes(let bytes):
            bytes.withUnsafeBytes {
                _ = lb_tree_add_string(tree, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        case .table(let table): try write(table, depth: depth)
        }
    }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { _ = lb_tree_add_string(tree, $0.baseAddress, $0.count) }
        }
    }

    private func write(_ table: LuaTable, depth: Int32) throws(LuaValueError) {
        if depth >= LB_DEPTH_LIMIT { throw LuaValueError(limit: Int(LB_DEPTH_LIMIT)) }
        lb_tree_add_table(tree, table.array.count, table.fields.count)
        for item in table.array { try write(item, depth: depth + 1) }
        for (name, value) in table.fields {
            write(name)
            try write(value, depth: depth + 1)
        }
    }
}

/// A value that is nested too deeply to be passed to Lua.
struct LuaValueError: Error, CustomStringConvertible {
    let limit: Int

    var description: String { "the value for Lua is nested more than \(limit) tables deep" }
}
