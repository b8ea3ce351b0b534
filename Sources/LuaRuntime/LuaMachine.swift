import CLuaBridge

/// Owns the C machine. Used by one actor at a time.
final class LuaMachine {
    let vm: OpaquePointer

    /// Instructions, a few milliseconds of them, after which a script that does not wait lets other tasks run.
    private static let slice: UInt64 = 1_000_000

    init(_ limits: LuaLimits) throws {
        var config = lb_config()
        config.memory_limit = limits.memoryBytes
        config.instruction_limit = UInt64(limits.instructions ?? 0)
        config.slice = Self.slice
        config.grace_seconds = limits.cleanup.seconds
        config.trace_requests = limits.tracesRequests
        guard let vm = lb_vm_new(&config) else {
            throw LuaScriptError(kind: .memory, message: "not enough memory for a Lua machine: allow it more")
        }
        self.vm = vm
    }

    deinit { lb_vm_free(vm) }

    func bootstrap(_ source: [UInt8]) throws {
        let done = source.withUnsafeBytes {
            lb_vm_bootstrap(vm, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        if !done { throw lastFailure }
    }

    func load(_ module: LuaModule) throws {
        var source = module.source
        let done = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { lb_vm_load_module(vm, module.name, $0.baseAddress, $0.count) }
        }
        if !done { throw lastFailure }
    }

    /// Prepares a thread for a user's chunk.
    func thread(
        _ source: String,
        name: String,
        arguments: [LuaValue],
        path: String,
        definesGlobals: Bool
    ) throws -> LuaThread {
        try TreeWriter(tree: blank).write(arguments)
        var source = source
        let pointer = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                lb_thread_new(vm, $0.baseAddress, $0.count, name, arguments.count, definesGlobals)
            }
        }
        guard let pointer else { throw lastFailure }
        return LuaThread(pointer, path: path)
    }

    func child(_ index: Int, of parent: LuaThread, number: Int) throws -> LuaThread {
        guard let pointer = lb_thread_new_child(vm, parent.pointer, index) else { throw lastFailure }
        return LuaThread(pointer, path: parent.childPath(number))
    }

    func results(of thread: LuaThread) throws -> [LuaValue] {
        var count = 0
        guard let tree = lb_thread_results(vm, thread.pointer, &count) else { throw lastFailure }
        var reader = TreeReader(tree)
        return reader.values(count)
    }

    /// The tree for the next answer, emptied.
    var blank: OpaquePointer { lb_vm_blank(vm) }

    /// What went wrong in the last call that failed.
    var lastFailure: LuaScriptError { LuaScriptError(lb_vm_failure(vm).pointee, underlying: nil) }
}
