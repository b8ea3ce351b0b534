internal import Dispatch
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Orchestration
internal import Synchronization

/// Ctrl-C and SIGTERM: the first cancels the work, so that it cleans up; the second ends the process at once.
enum Signals {
    /// The program that has the terminal to itself, while there is one.
    private static let guest = Mutex<pid_t?>(nil)

    /// While the body runs, Ctrl-C is the program's own business (the terminal sends it there too), and SIGTERM is passed on to it.
    static func leaving<Result>(to process: pid_t, _ body: () async -> Result) async -> Result {
        guest.withLock { $0 = process }
        defer { guest.withLock { $0 = nil } }
        return await body()
    }

    /// Ends the operation that Ctrl-C is about, while there is one.
    private static let inner = Mutex<(@Sendable () -> Void)?>(nil)

    /// While the body runs, Ctrl-C ends nothing but what is run by ``cancelling(_:)`` in it; SIGTERM still ends everything.
    static func sparing<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        inner.withLock { $0 = {} }
        defer { inner.withLock { $0 = nil } }
        return try await body()
    }

    /// While the work runs, Ctrl-C cancels it and nothing around it.
    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        // Ctrl-C may come before the work has begun.
        let state = Mutex<(task: Task<Result, Never>?, isInterrupted: Bool)>((nil, false))
        inner.withLock { handler in
            handler = {
                state.withLock {
                    $0.isInterrupted = true
                    $0.task?.cancel()
                }
            }
        }
        let task = Task { await work() }
        state.withLock {
            $0.task = task
            if $0.isInterrupted { task.cancel() }
        }
        defer { inner.withLock { $0 = {} } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Runs the work; also says whether it was interrupted.
    static func guarding<Result: Sendable>(
        _ work: @escaping @Sendable () async -> Result
    ) async -> (result: Result, interrupted: Bool) {
        let root = Task { await work() }
        let count = Mutex(0)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                if let process = guest.withLock({ $0 }) {
                    if number == SIGTERM { kill(process, SIGTERM) }
                    return
                }
                if number == SIGINT, let cancel = inner.withLock({ $0 }) { return cancel() }
                let times = count.withLock { count in
                    count += 1
                    return count
                }
                if times > 1 { exit(ClusterError.Code.cancelled.exitCode) }
                root.cancel()
            }
            source.resume()
            return source
        }
        let result = await root.value
        for source in sources { source.cancel() }
        return (result, count.withLock { $0 > 0 })
    }
}
