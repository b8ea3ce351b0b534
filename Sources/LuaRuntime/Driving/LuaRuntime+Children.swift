import CLuaBridge

/// How a child of a script ended.
enum LuaChildEnd: Sendable {
    case succeeded(LuaThread, index: Int)
    case failed(LuaThread)
    case notStarted(any Error)
}

/// What comes to a thread that waits for its children.
private enum LuaChildEvent: Sendable {
    case stopped(LuaThread, index: Int, LuaStop)
    /// It is time to look at those that sleep.
    case alarm(ContinuousClock.Instant)
}

private typealias LuaChildren = TaskGroup<LuaChildEvent>

extension LuaRuntime {
    /// Runs the functions of a pending `parallel`. The first failure cancels the others; all have ended on return.
    ///
    /// A child gets a task only when it waits for more than time, so that thousands can sleep at once.
    @inline(never)
    func parallel(_ thread: LuaThread, count: Int, limit: Int, first: Int) async -> LuaAnswer {
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
        await withTaskGroup(of: LuaChildEvent.self) { group in
            var brood = LuaBrood(of: parent, count: count, limit: limit, first: first)
            await startChildren(&brood, &group)
            while brood.active > 0, let event = await group.next() {
                switch event {
                case .stopped(let child, let index, let stop): follow(child, index, stop, &brood, &group)
                case .alarm(let time): await wake(time, &brood, &group)
                }
                await startChildren(&brood, &group)
            }
            group.cancelAll()
            return brood.answer
        }
    }

    private func startChildren(_ brood: inout LuaBrood, _ group: inout LuaChildren) async {
        while brood.startsNext {
            if isPaused { await untilUnpaused() }
            let index = brood.next()
            switch start(index, of: brood.parent, number: brood.first + index) {
            case .success(let child):
                follow(child, index, advance(child, with: .none, parks: true), &brood, &group)
            case .failure(let error): end(.notStarted(error), &brood, &group)
            }
        }
    }

    /// Resumes those whose time has come.
    private func wake(_ time: ContinuousClock.Instant, _ brood: inout LuaBrood, _ group: inout LuaChildren) async {
        brood.sleepers.rang(time)
        if Task.isCancelled { cancelSleepers(&brood, &group) }
        while let sleeper = brood.sleepers.popDue(by: .now) {
            if isPaused { await untilUnpaused() }
            let (thread, sleep) = (sleeper.thread, sleeper.sleep)
            host.slept(sleep.seconds, sleep.arguments, thread: thread.path, number: sleep.request)
            let stop = advance(thread, with: .value(.nil), parks: true)
            follow(thread, sleeper.index, stop, &brood, &group)
        }
        setAlarm(&brood, &group)
    }

    /// Sees to a child that has stopped.
    private func follow(
        _ child: LuaThread,
        _ index: Int,
        _ stop: LuaStop,
        _ brood: inout LuaBrood,
        _ group: inout LuaChildren
    ) {
        switch stop {
        case .done: end(.succeeded(child, index: index), &brood, &group)
        case .failed: end(.failed(child), &brood, &group)
        case .sleep(let sleep):
            let end = ContinuousClock.now + .seconds(sleep.seconds)
            brood.sleepers.add(.init(end: end, thread: child, index: index, sleep: sleep))
            if brood.hasFailed || Task.isCancelled { cancelSleepers(&brood, &group) }
            setAlarm(&brood, &group)
        default:
            if case .pause = stop { isPaused = true }
            group.addTask { .stopped(child, index: index, await self.drive(child, from: stop, parks: true)) }
        }
    }

    private func setAlarm(_ brood: inout LuaBrood, _ group: inout LuaChildren) {
        guard let time = brood.sleepers.missingAlarm() else { return }
        group.addTask {
            try? await Task.sleep(until: time, clock: .continuous)
            return .alarm(time)
        }
    }

    private func end(_ end: LuaChildEnd, _ brood: inout LuaBrood, _ group: inout LuaChildren) {
        brood.active -= 1
        if brood.hasFailed { return discard(end) }
        brood.answer = collect(end, for: brood.parent)
        guard brood.hasFailed else { return }
        group.cancelAll()
        cancelSleepers(&brood, &group)
    }

    /// Tells those that sleep of the cancellation, in tasks that are born cancelled.
    private func cancelSleepers(_ brood: inout LuaBrood, _ group: inout LuaChildren) {
        while let sleeper = brood.sleepers.pop() {
            group.addTask {
                let stop = LuaStop.ready(.error(CancellationError()))
                let end = await self.drive(sleeper.thread, from: stop, parks: true)
                return .stopped(sleeper.thread, index: sleeper.index, end)
            }
        }
    }

    func child(_ index: Int, of parent: LuaThread, number: Int) async -> LuaChildEnd {
        switch start(index, of: parent, number: number) {
        case .success(let child):
            if case .done = await drive(child) { .succeeded(child, index: index) } else { .failed(child) }
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
