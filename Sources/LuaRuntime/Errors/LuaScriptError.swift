/// How a script ended that did not reach its end.
public struct LuaScriptError: Error, Sendable {
    /// What stopped the script.
    public enum Kind: String, Sendable {
        case syntax, runtime, memory, instructions, cancelled
    }

    /// What stopped it.
    public let kind: Kind
    /// What went wrong, without the place.
    public let message: String
    /// The nearest frame of a user's chunk, "scale.lua:7".
    public let location: String?
    /// All frames, innermost first, one per line, through coroutines and threads.
    public let traceback: String
    /// The `code` field of the error that the script raised.
    public let code: String?
    /// The named stretches of the script that it happened in, the outermost first: "drain > stop".
    public let step: String?
    /// The host's error that the script did not catch.
    public let underlying: (any Error)?
    /// A syntax error at the end of the text: more lines may mend it.
    public let isIncomplete: Bool

    /// An error with the fields that are known.
    public init(
        kind: Kind,
        message: String,
        location: String? = nil,
        traceback: String = "",
        code: String? = nil,
        step: String? = nil,
        underlying: (any Error)? = nil,
        isIncomplete: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.location = location
        self.traceback = traceback
        self.code = code
        self.step = step
        self.underlying = underlying
        self.isIncomplete = isIncomplete
    }
}

extension LuaScriptError: CustomStringConvertible {
    /// One line: the place and the message.
    public var description: String {
        location.map { "\($0): \(message)" } ?? message
    }
}
