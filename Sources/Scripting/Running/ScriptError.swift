public import ClusterModel
internal import LuaRuntime

/// How a script ended that did not reach its end.
public struct ScriptError: Error, Sendable, CustomStringConvertible {
    /// The sort of end.
    public enum Kind: String, Sendable {
        /// The text is not Lua.
        case syntax
        /// An error that the script did not catch.
        case runtime
        /// More memory than was allowed.
        case memory
        /// More instructions than were allowed.
        case instructions
        /// Ctrl-C.
        case cancelled
    }

    /// The sort of end.
    public let kind: Kind
    /// What went wrong, without the place.
    public let message: String
    /// The nearest place in the script: `scale.lua:7`.
    public let location: String?
    /// All frames, innermost first, one a line.
    public let traceback: String
    /// The `code` of the error that the script raised itself.
    public let code: String?
    /// The steps of the script that it happened in, the outermost first: `drain > stop`.
    public let step: String?
    /// The error of a primitive that the script did not catch.
    public let cause: (any Error)?
    /// The name of that primitive: `node.query`.
    public let primitive: String?
    /// What it was called with, a list, without the passwords in statements.
    public let arguments: Document?
    /// The path of the request that failed so.
    let request: String?

    init(_ error: LuaScriptError) {
        kind = Kind(rawValue: error.kind.rawValue) ?? .runtime
        message = error.message
        location = error.location
        traceback = error.traceback
        code = error.code
        step = error.step
        let failure = error.underlying as? PrimitiveFailure
        cause = failure?.cause ?? error.underlying
        request = failure?.request?.path
        primitive = failure?.request?.name
        arguments = failure?.request.flatMap { request in
            guard !Secrets.mayHold(request.name) else { return nil }
            return Secrets.hidden(in: .array(request.arguments.map(Document.init)), of: request.name)
        }
    }

    /// The place, what went wrong there, and in which step.
    public var description: String {
        let text = location.map { "\($0): \(message)" } ?? message
        return step.map { "\(text) (in step '\($0)')" } ?? text
    }
}

/// An error of a primitive, with the fields that a script sees of it.
struct PrimitiveFailure: LuaConvertibleError {
    let cause: any Error
    /// What was asked for; `nil` outside of a run.
    var request: LuaRequest?

    var luaFields: LuaTable {
        switch cause {
        case let error as any ScriptVisibleError: error.luaFields
        case is CancellationError: ["code": "cancelled", "message": "the run was interrupted"]
        default: ["code": "failed", "message": .string(String(describing: cause))]
        }
    }
}

/// An error that says itself which fields a script sees.
protocol ScriptVisibleError: Error {
    var luaFields: LuaTable { get }
}
