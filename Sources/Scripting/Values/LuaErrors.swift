internal import ClusterModel
internal import LuaRuntime
internal import Orchestration

extension ClusterError: ScriptVisibleError {
    /// code, message, operation, cause, advice, details.
    var luaFields: LuaTable {
        var fields: LuaTable = [
            "code": .string(code.description), "message": .string(description), "operation": .string(operation),
            "cause": .string(message),
        ]
        if let advice { fields["advice"] = .string(advice) }
        if !details.isEmpty { fields["details"] = .table(LuaTable(array: details.map(LuaValue.string))) }
        return fields
    }
}

extension ArgumentError: ScriptVisibleError {
    /// code, message, parameter.
    var luaFields: LuaTable {
        var fields: LuaTable = ["code": "invalid", "message": .string(description)]
        if let parameter { fields["parameter"] = .string(parameter) }
        return fields
    }
}

extension ScriptFailure: ScriptVisibleError {
    /// code, message, and what else the script said.
    var luaFields: LuaTable {
        var table = LuaTable(fields: LuaFields(fields.map { ($0, LuaValue($1)) }))
        table["code"] = .string(code.description)
        table["message"] = .string(description)
        return table
    }
}

extension ScriptUsageError: ScriptVisibleError {
    /// code, message.
    var luaFields: LuaTable { ["code": "invalid", "message": .string(description)] }
}
