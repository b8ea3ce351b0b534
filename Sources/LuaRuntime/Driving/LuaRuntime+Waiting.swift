import CLuaBridge

extension LuaRuntime {
    /// A stream that ends when the library wakes all that wait. It is made before anything else can run.
    func waiting() -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiters.append(continuation)
        return stream
    }

    /// Waits until the stream ends, so that the thread looks again.
    @inline(never)
    func wait(_ thread: LuaThread, for stream: AsyncStream<Never>) async -> LuaAnswer {
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
