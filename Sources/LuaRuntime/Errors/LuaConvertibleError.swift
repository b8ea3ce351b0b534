/// An error of the host that says which fields a script sees: `code`, `message`, `cause`, and any other.
public protocol LuaConvertibleError: Error {
    var luaFields: LuaTable { get }
}

/// The fields of the error table that a script sees.
enum ErrorFields {
    static func fields(of error: any Error) -> LuaTable {
        var fields = (error as? any LuaConvertibleError)?.luaFields ?? LuaTable()
        if fields["code"] == .nil { fields["code"] = "failed" }
        if fields["message"] == .nil { fields["message"] = .string(String(describing: error)) }
        return fields
    }

    static func cancelled(by error: (any Error)?, because reason: String) -> LuaTable {
        var fields: LuaTable = ["code": "cancelled", "message": .string(reason)]
        if let error, !(error is CancellationError) { fields["cause"] = .string(String(describing: error)) }
        return fields
    }
}
