import CLuaBridge

/// Why a thread does not go on, with all that the machine knows of that only until its next resume.
enum LuaStop: Sendable {
    /// Nothing holds it: it is to be resumed with this.
    case ready(LuaAnswer)
    case done
    case failed
    case call(LuaRequest)
    case sleep(LuaSleep)
    case parallel(count: Int, limit: Int, first: Int)
    case timeout(seconds: Double, number: Int)
    /// The stream ends when the thread is to look again.
    case wait(AsyncStream<Never>)
    case pause
}

/// A wait for nothing but time, which needs no task of its own.
struct LuaSleep: Sendable {
    let seconds: Double
    let arguments: [LuaValue]
    /// The how-manieth request of its thread.
    let request: Int
}

extension LuaRuntime {
    /// Resumes a thread up to where it ends or has to wait; what needs no waiting is answered on the way.
    ///
    /// - Parameter parks: a wait for nothing but time is left to the caller.
    @inline(never)
    func advance(_ thread: LuaThread, with answer: LuaAnswer, parks: Bool = false) -> LuaStop {
        var answer = answer
        while true {
            switch resume(thread, with: answer) {
            case .LB_DONE: return .done
            case .LB_FAILED: return .failed
            case .LB_CALL:
                let request = pendingRequest(of: thread)
                if let value = host.performNow(request) {
                    answer = .value(value)
                } else {
                    return stop(request, of: thread, parks: parks)
                }
            case .LB_PARALLEL: return pendingParallel(of: thread)
            case .LB_TIMEOUT:
                let seconds = lb_vm_request(machine.vm).pointee.seconds
                return .timeout(seconds: seconds, number: thread.reserveChildren(1))
            case .LB_WAIT: return .wait(waiting())
            case .LB_PAUSE: return .pause
            }
        }
    }

    private func stop(_ request: LuaRequest, of thread: LuaThread, parks: Bool) -> LuaStop {
        if parks, !thread.isCleaningUp, let seconds = host.plainSleep(request) {
            return .sleep(LuaSleep(seconds: seconds, arguments: request.arguments, request: request.number))
        }
        lb_vm_locate_request(machine.vm, thread.pointer)
        let pending = lb_vm_request(machine.vm).pointee
        return .call(
            request.located(
                source: pending.source.map { String(cString: $0) },
                line: Int(pending.line),
                traceback: pending.traceback.map { String(cString: $0) } ?? ""
            )
        )
    }

    private func pendingParallel(of thread: LuaThread) -> LuaStop {
        let pending = lb_vm_request(machine.vm).pointee
        return .parallel(count: pending.count, limit: pending.limit, first: thread.reserveChildren(pending.count))
    }

    /// Without its place, which most requests do not need.
    private func pendingRequest(of thread: LuaThread) -> LuaRequest {
        guard let pending = lb_vm_request(machine.vm) else { return LuaRequest(name: "") }
        var arguments: [LuaValue] = []
        if pending.pointee.argument_count > 0, let tree = pending.pointee.arguments {
            var reader = TreeReader(tree)
            arguments = reader.values(pending.pointee.argument_count)
        }
        return LuaRequest(
            name: String(cString: pending.pointee.name),
            arguments: arguments,
            thread: thread.path,
            number: Int(pending.pointee.number)
        )
    }
}
