import CLuaBridge

/// A Lua virtual machine with a host behind it.
///
/// The actor is the machine's thread: between resuming a coroutine and its next wait there is no `await`, and no Swift
/// code ever runs under a Lua frame.
public actor LuaRuntime {
    let machine: LuaMachine
    let host: any LuaHost
    let limits: LuaLimits
    /// Errors of the host that a script may still hold, by the token that Lua keeps for each.
    var errors: [Int64: any Error] = [:]
    var lastToken: Int64 = 0
    var waiters: [AsyncStream<Never>.Continuation] = []
    /// Whether a thread has stopped in the middle of a computation, and who waits for its end.
    var isPaused = false
    var pauseWaiters: [CheckedContinuation<Void, Never>] = []
    /// The part of the library in Lua that every machine starts with.
    package static let ownLibrary = PackageResources.host_lua
    private var runs = 0
    private var activeRuns = 0

    /// Makes a machine and runs the modules in order. Throws a `LuaScriptError` when one of them fails.
    public init(host: any LuaHost, limits: LuaLimits = .standard, modules: [LuaModule] = []) throws {
        machine = try LuaMachine(limits)
        self.host = host
        self.limits = limits
        try machine.bootstrap(Self.ownLibrary)
        for module in modules { try machine.load(module) }
    }

    /// Runs a chunk of text and returns its results. Globals stay for the next run; several runs may be under way.
    ///
    /// - Parameters:
    ///   - name: what places in errors are called, as a rule the file's path.
    ///   - definesGlobals: an assignment to an undeclared global declares it, as at a prompt.
    /// - Throws: a `LuaScriptError`.
    public func run(
        _ source: String,
        name: String,
        arguments: [LuaValue] = [],
        definesGlobals: Bool = false
    ) async throws -> [LuaValue] {
        if activeRuns == 0 { lb_vm_reset_instructions(machine.vm) }
        activeRuns += 1
        defer { activeRuns -= 1 }
        let path = String(runs)
        runs += 1
        let thread = try machine.thread(
            source,
            name: name,
            arguments: arguments,
            path: path,
            definesGlobals: definesGlobals
        )
        defer { close(thread) }
        guard case .done = await drive(thread) else { throw failure(of: thread) }
        return try machine.results(of: thread)
    }

    /// Memory of the machine in bytes: now, and at its highest.
    public var memory: (used: Int, peak: Int) {
        (lb_vm_memory_used(machine.vm), lb_vm_memory_peak(machine.vm))
    }

    /// Lets go of all that no script can reach.
    public func collectGarbage() {
        _ = lb_vm_collect(machine.vm)
        releaseDeadErrors()
    }

    func close(_ thread: LuaThread) {
        lb_thread_close(machine.vm, thread.pointer)
        releaseDeadErrors()
    }

    private func failure(of thread: LuaThread) -> LuaScriptError {
        guard let failure = lb_thread_failure(machine.vm, thread.pointer) else {
            return LuaScriptError(kind: .memory, message: "not enough memory")
        }
        return LuaScriptError(failure.pointee, underlying: errors[failure.pointee.token])
    }
}
