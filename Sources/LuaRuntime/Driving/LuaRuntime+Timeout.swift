/// A script's time limit was reached.
public struct LuaTimeoutError: Error, LuaConvertibleError, CustomStringConvertible {
    /// The limit.
    public let seconds: Double

    /// One line with the limit.
    public var description: String { "timed out after \(seconds) s" }
    /// The code `timeout`, the message, and the limit in `seconds`.
    public var luaFields: LuaTable {
        ["code": "timeout", "message": .string(description), "seconds": .number(seconds)]
    }
}

private enum TimedEvent: Sendable {
    case childEnded(LuaChildEnd)
    case timerEnded((any Error)?)
}

extension LuaRuntime {
    /// Runs the function of a pending `timeout` against the host's clock. Both have ended on return.
    @inline(never)
    func timeout(_ thread: LuaThread, seconds: Double, number: Int) async -> LuaAnswer {
        do {
            if thread.isCleaningUp {
                return try await cleaningUp(thread) { await self.timed(thread, seconds: seconds, number: number) }
            }
            return await timed(thread, seconds: seconds, number: number)
        } catch {
            return .error(error)
        }
    }

    private func timed(_ parent: LuaThread, seconds: Double, number: Int) async -> LuaAnswer {
        let path = parent.childPath(number)
        return await withTaskGroup(of: TimedEvent.self) { group in
            group.addTask { .childEnded(await self.child(0, of: parent, number: number)) }
            group.addTask { [host] in
                do {
                    try await host.sleep(seconds: seconds, path: path)
                    return .timerEnded(nil)
                } catch {
                    return .timerEnded(error)
                }
            }
            var reached: (any Error)?
            while let event = await group.next() {
                switch event {
                case .timerEnded(let error) where !Task.isCancelled:
                    reached = error ?? LuaTimeoutError(seconds: seconds)
                    group.cancelAll()
                case .timerEnded: break  // this thread is being cancelled, and its child with it
                case .childEnded(let end):
                    group.cancelAll()
                    if let reached {
                        discard(end)
                        return .error(reached)
                    }
                    return collect(end, for: parent)
                }
            }
            return .error(CancellationError())
        }
    }
}
