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
