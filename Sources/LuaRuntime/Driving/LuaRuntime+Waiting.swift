import CLuaBridge

extension LuaRuntime {
    /// Waits until the library wakes all that wait, so that they look again.
    @inline(never)
    func wait(_ thread: LuaThread) async -> LuaAnswer {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiters.append(continuation)
        do {
            if thread.isCleaningUp { return try await cleaningUp(thread) { try await Self.end(of: stream) } }
            return try await Self.end(of: stream)
        } catch {
            return .error(error)
        }
    }

    /// The stream ends when it is finished, or when the task is cancelled.
    private static func end(of stream: AsyncStream<Never>) async throws -> LuaAnswer {
        for await _ in stream {}
        try Task.checkCancellation()
        return .none
    }

    func wakeWaiters() {
        guard lb_vm_take_wake(machine.vm) else { return }
        for waiter in waiters { waiter.finish() }
        waiters = []
    }

    /// Lets other tasks of the process run, but no other thread of the machine: scripts rely on nothing else running
    /// between two of their waits.
    @inline(never)
    func pause() async -> LuaAnswer {
        isPaused = true
        await Task.yield()
        isPaused = false
        for waiter in pauseWaiters { waiter.resume() }
        pauseWaiters = []
        return .none
    }

    /// Waits, cancelled or not, for as long as another thread of the machine computes.
    @inline(never)
    func untilUnpaused() async {
        while isPaused { await withCheckedContinuation { pauseWaiters.append($0) } }
    }
}
