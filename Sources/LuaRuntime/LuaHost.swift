/// What a script can reach outside of its virtual machine. A primitive called in Lua arrives here as a request.
public protocol LuaHost: Sendable {
    /// Does what is asked. An error becomes a Lua error at the place of the call. When the surrounding task is cancelled
    /// it ends soon, with any error.
    func perform(_ request: LuaRequest) async throws -> LuaValue

    /// Answers a request at once, where that needs no waiting and cannot go wrong; nil: ``perform(_:)`` is to do it. The
    /// request has no place yet. The default knows nothing of that kind.
    func performNow(_ request: LuaRequest) -> LuaValue?

    /// For how long a request waits that asks for nothing but that, in real time; nil for any other. Instead of
    /// ``perform(_:)`` the machine may then wait itself, and calls ``slept(_:_:thread:number:)``. The default knows none.
    func plainSleep(_ request: LuaRequest) -> Double?

    /// A request that was a plain sleep has had its time.
    func slept(_ seconds: Double, _ arguments: [LuaValue], thread: String, number: Int)

    /// Where the tasks of a script run that cleans up after a cancellation; nil: anywhere.
    var executor: (any TaskExecutor)? { get }

    /// Waits for the end of a script's time to clean up. The default waits in real time.
    func wait(seconds: Double) async throws

    /// Returns when a time limit of a script has passed, and ends early when it is cancelled. A host with a clock of
    /// its own answers with that; the default waits in real time.
    func sleep(seconds: Double, path: String) async throws
}

extension LuaHost {
    /// Nothing is done at once.
    public func performNow(_ request: LuaRequest) -> LuaValue? { nil }

    /// No request is one.
    public func plainSleep(_ request: LuaRequest) -> Double? { nil }

    /// Nothing is to be done.
    public func slept(_ seconds: Double, _ arguments: [LuaValue], thread: String, number: Int) {}

    /// Anywhere.
    public var executor: (any TaskExecutor)? { nil }

    /// Waits in real time.
    public func wait(seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

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
