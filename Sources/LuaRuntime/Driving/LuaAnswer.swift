import CLuaBridge

/// What a waiting thread is resumed with.
enum LuaAnswer: Sendable {
    /// Nothing: the thread has not begun, or waited for no value.
    case none
    case value(LuaValue)
    case error(any Error)
    /// The results that its children left in Lua.
    case results
    /// The error of one of its children, left in Lua.
    case childError
}

extension LuaRuntime {
    /// Resumes a thread up to its next wait or its end, in one piece: no other thread runs between answer and resume.
    @inline(never)
    func resume(_ thread: LuaThread, with answer: LuaAnswer) -> lb_status {
        switch answer {
        case .none: lb_answer_value(machine.vm)
        case .value(let value): write(value, for: thread)
        case .error(let error): write(error, for: thread)
        case .results: lb_answer_results(machine.vm)
        case .childError where Task.isCancelled && !thread.isCleaningUp: write(CancellationError(), for: thread)
        case .childError: lb_answer_child_error(machine.vm)
        }
        let status = lb_thread_resume(machine.vm, thread.pointer)
        releaseDeadErrors()
        wakeWaiters()
        return status
    }

    private func write(_ value: LuaValue, for thread: LuaThread) {
        do {
            try TreeWriter(tree: machine.blank).write(value)
            lb_answer_value(machine.vm)
        } catch {
            write(error, for: thread)
        }
    }

    /// The first error after a cancellation tells the script of it; from then on it cleans up.
    private func write(_ error: any Error, for thread: LuaThread) {
        if Task.isCancelled && !thread.isCleaningUp {
            lb_thread_cancel(machine.vm, thread.pointer)
            write(ErrorFields.cancelled(by: error, because: "the script was cancelled"), for: error)
        } else if error is CancellationError {
            write(ErrorFields.cancelled(by: error, because: "the request was cancelled"), for: error)
        } else {
            write(ErrorFields.fields(of: error), for: error)
        }
    }

    private func write(_ fields: LuaTable, for error: any Error) {
        do {
            try TreeWriter(tree: machine.blank).write(.table(fields))
        } catch {
            lb_tree_add_table(machine.blank, 0, 0)  // its fields are nested too deeply: an error without any
        }
        lastToken += 1
        if lb_answer_error(machine.vm, lastToken) { errors[lastToken] = error }
    }

    func releaseDeadErrors() {
        var token: Int64 = 0
        while lb_vm_next_dead_token(machine.vm, &token) { errors[token] = nil }
    }
}
