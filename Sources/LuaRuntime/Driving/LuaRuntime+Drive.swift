extension LuaRuntime {
    /// Runs a thread to its end, or up to a wait for nothing but time if it `parks` in one. Cancelling the surrounding
    /// task interrupts it.
    func drive(_ thread: LuaThread, from start: LuaStop = .ready(.none), parks: Bool = false) async -> LuaStop {
        await withTaskCancellationHandler {
            var stop = start
            while true {
                let answer: LuaAnswer
                switch stop {
                case .done, .failed, .sleep: return stop
                case .ready(let next): answer = next
                case .call(let request): answer = await perform(request, for: thread)
                case .parallel(let count, let limit, let first):
                    answer = await parallel(thread, count: count, limit: limit, first: first)
                case .timeout(let seconds, let number):
                    answer = await timeout(thread, seconds: seconds, number: number)
                case .wait(let stream): answer = await wait(thread, for: stream)
                case .pause: answer = await pause()
                }
                if isPaused { await untilUnpaused() }
                stop = advance(thread, with: answer, parks: parks)
            }
        } onCancel: {
            thread.interrupt()
        }
    }

    private func perform(_ request: LuaRequest, for thread: LuaThread) async -> LuaAnswer {
        do {
            if thread.isCleaningUp { return try await performCleanup(request, for: thread) }
            try Task.checkCancellation()
            return .value(try await host.perform(request))
        } catch {
            return .error(error)
        }
    }

    @inline(never)
    private func performCleanup(_ request: LuaRequest, for thread: LuaThread) async throws -> LuaAnswer {
        try await cleaningUp(thread) { [host] in .value(try await host.perform(request)) }
    }
}
