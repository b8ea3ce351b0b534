import CLuaBridge

/// How a child of a script ended.
enum LuaChildEnd: Sendable {
    case succeeded(LuaThread, index: Int)
    case failed(LuaThread)
    case notStarted(any Error)
}

extension LuaRuntime {
    /// Runs the functions of a pending `parallel`. The first failure cancels the others; all have ended on return.
    @inline(never)
    func parallel(_ thread: LuaThread) async -> LuaAnswer {
        let pending = lb_vm_request(machine.vm).pointee
        let (count, limit) = (pending.count, pending.limit)
        let first = thread.reserveChildren(count)
        do {
            if thread.isCleaningUp {
                return try await cleaningUp(thread) {
                    await self.children(of: thread, count: count, limit: limit, first: first)
                }
            }
            return await children(of: thread, count: count, limit: limit, first: first)
        } catch {
            return .error(error)
        }
    }

    private func children(of parent: LuaThread, count: Int, limit: Int, first: Int) async -> LuaAnswer {
        await withTaskGroup(of: LuaChildEnd.self) { group in
            var answer = LuaAnswer.results
            var next = 0
            func start() {
                let index = next
                next += 1
                group.addTask { await self.child(index, of: parent, number: first + index) }
            }
            while next < (limit == 0 ? count : min(limit, count)) { start() }
            while let end = await group.next() {
                guard case .results = answer else {
                    discard(end)
                    continue
                }
                answer = collect(end, for: parent)
                if case .results = answer {
                    if next < count { start() }
                } else {
                    group.cancelAll()
                }
            }
            return answer
        }
    }

    func child(_ index: Int, of parent: LuaThread, number: Int) async -> LuaChildEnd {
        switch start(index, of: parent, number: number) {
        case .success(let child): await drive(child) ? .succeeded(child, index: index) : .failed(child)
        case .failure(let error): .notStarted(error)
        }
    }

    @inline(never)
    private func start(_ index: Int, of parent: LuaThread, number: Int) -> Result<LuaThread, any Error> {
        Result { try machine.child(index, of: parent, number: number) }
    }

    /// Hands what a child leaves to its parent, in Lua.
    func collect(_ end: LuaChildEnd, for parent: LuaThread) -> LuaAnswer {
        defer { discard(end) }
        switch end {
        case .succeeded(let child, let index):
            let kept = lb_thread_keep_results(machine.vm, parent.pointer, child.pointer, index)
            return kept ? .results : .error(machine.lastFailure)
        case .failed(let child):
            let kept = lb_thread_keep_error(machine.vm, parent.pointer, child.pointer)
            return kept ? .childError : .error(machine.lastFailure)
        case .notStarted(let error):
            return .error(error)
        }
    }

    func discard(_ end: LuaChildEnd) {
        switch end {
        case .succeeded(let child, _), .failed(let child): close(child)
        case .notStarted: break
        }
    }
}
