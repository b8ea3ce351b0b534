public import LuaRuntime

/// Arguments that a script does not take.
public struct ScriptUsageError: LuaConvertibleError, Equatable, CustomStringConvertible {
    /// What was called, as the user called it: `pgbc run scale.lua`.
    public var command: String
    /// What is wrong: "unknown argument --replcas; did you mean --replicas?".
    public var message: String

    /// An error about the arguments of a command.
    public init(command: String, message: String) {
        self.command = command
        self.message = message
    }

    /// What is wrong, and where to read more.
    public var description: String { "\(message)\n  \(command) --help shows the arguments" }

    /// Fields of the error that a script catches.
    public var luaFields: LuaTable {
        LuaTable(fields: ["code": .string("invalid"), "message": .string(description)])
    }
}

/// Not a failure: the script was asked for its help text.
public struct ScriptHelp: LuaConvertibleError, Equatable {
    /// The help text.
    public var text: String

    /// Fields of the error that a script catches.
    public var luaFields: LuaTable {
        LuaTable(fields: ["code": .string("help"), "message": .string(text)])
    }
}
