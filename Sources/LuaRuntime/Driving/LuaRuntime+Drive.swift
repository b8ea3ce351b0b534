import CLuaBridge

extension LuaRuntime {
    /// Runs a thread to its end; false if it failed. Cancelling the surrounding task interrupts it.
    func drive(_ thread: LuaThread) async -> Bool {
        await withTaskCancellationHandler {
            var answer = LuaAnswer.none
            while true {
                if isPaused { await untilUnpaused() }
                switch resume(thread, with: answer) {
                case .LB_DONE: return true
                case .LB_FAILED: return false
                case .LB_CALL: answer = await perform(pendingRequest(of: thread), for: thread)
                case .LB_PARALLEL: answer = await parallel(thread)
                case .LB_TIMEOUT: answer = await timeout(thread)
                case .LB_WAIT: answer = await wait(thread)
                case .LB_PAUSE: answer = await pause()
                }
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

    @inline(never)
    private func pendingRequest(of thread: LuaThread) -> LuaRequest {
        let pending = lb_vm_request(machine.vm).pointee
        return LuaRequest(
            name: String(cString: pending.name),
            arguments: pending.arguments.map { arguments in
                var reader = TreeReader(arguments)
                return reader.values(pending.argument_count)
            } ?? [],
            thread: thread.path,
            number: Int(pending.number),
            source: source(of: pending),
            line: Int(pending.line),
            traceback: pending.traceback.map { String(cString: $0) } ?? ""
        )
    }

    private func source(of request: lb_request) -> String? {
        guard let name = request.source else { return nil }
        if !request.same_source { lastSource = String(cString: name) }
        return lastSource
    }
}
