/// What a script can reach outside of its virtual machine. A primitive called in Lua arrives here as a request.
public protocol LuaHost: Sendable {
    /// Does what is asked. An error becomes a Lua error at the place of the call. When the surrounding task is cancelled
    /// it ends soon, with any error.
    func perform(_ request: LuaRequest) async throws -> LuaValue

    /// Returns when a time limit of a script has passed, and ends early when it is cancelled. A host with a clock of
    /// its own answers with that; the default waits in real time.
    func sleep(seconds: Double, path: String) async throws
}

extension LuaHost {
    /// Waits in real time.
    public func sleep(seconds: Double, path: String) async throws {
        try await Task.sleep(for: .seconds(seconds))
    }
}

/// A part of the host's library in Lua: it runs once before any script, sees the private `host` table, and what it
/// assigns at its top level becomes a global of scripts. It cannot wait.
public struct LuaModule: Sendable, Equatable {
    /// What places in errors call it.
    public let name: String
    /// Text of Lua.
    public let source: String

    /// A module of that name and text.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }
}
