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
                case .LB_CALL:
                    if let value = answerNow(thread) {
                        answer = .value(value)
                    } else {
                        answer = await perform(pendingRequest(of: thread), for: thread)
                    }
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

    /// What the host can answer without waiting. Most of that is asked for without arguments, and its place is not needed.
    private func answerNow(_ thread: LuaThread) -> LuaValue? {
        guard let pending = lb_vm_request(machine.vm), pending.pointee.argument_count == 0 else { return nil }
        return host.performNow(
            String(cString: pending.pointee.name),
            thread: thread.path,
            number: Int(pending.pointee.number)
        )
    }

    @inline(never)
    private func pendingRequest(of thread: LuaThread) -> LuaRequest {
        lb_vm_locate_request(machine.vm, thread.pointer)
        let pending = lb_vm_request(machine.vm).pointee
        return LuaRequest(
            name: String(cString: pending.name),
            arguments: pending.arguments.map { arguments in
                var reader = TreeReader(arguments)
                return reader.values(pending.argument_count)
            } ?? [],
            thread: thread.path,
            number: Int(pending.number),
            source: pending.source.map { String(cString: $0) },
            line: Int(pending.line),
            traceback: pending.traceback.map { String(cString: $0) } ?? ""
        )
    }
}
