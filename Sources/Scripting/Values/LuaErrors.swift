public import LuaRuntime
public import Orchestration

extension ClusterError: LuaConvertibleError {
    /// Fields of the error that a script catches: code, message, operation, advice, details.
    public var luaFields: LuaTable {
        var fields: [String: LuaValue] = [
            "code": .string(code.description), "message": .string(description), "operation": .string(operation),
            "cause": .string(message),
        ]
        if let advice { fields["advice"] = .string(advice) }
        if !details.isEmpty { fields["details"] = .table(LuaTable(array: details.map(LuaValue.string))) }
        return LuaTable(fields: fields)
    }
}

extension ArgumentError: LuaConvertibleError {
    /// Fields of the error that a script catches: code, message, parameter.
    public var luaFields: LuaTable {
        var fields: [String: LuaValue] = ["code": .string("invalid"), "message": .string(description)]
        if let parameter { fields["parameter"] = .string(parameter) }
        return LuaTable(fields: fields)
    }
}

extension ScriptFailure: LuaConvertibleError {
    /// Fields of the error that a script catches: code, message.
    public var luaFields: LuaTable {
        LuaTable(fields: ["code": .string(code.description), "message": .string(description)])
    }
}
