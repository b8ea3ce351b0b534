internal import Dispatch
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Orchestration

/// The standard streams of this process, for a program in a container.
struct ProcessConsole: ProgramConsole {
    /// A terminal only when both ends are one: what is piped somewhere shall not be full of control characters.
    let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    let environment: [String: String]

    /// - Parameter environment: of this process; only the kind of terminal is handed on.
    init(environment: [String: String]) {
        self.environment = isTerminal ? environment.filter { $0.key == "TERM" } : [:]
    }

    /// Waits for input; ends when the task is cancelled.
    @concurrent
    func read() async throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&input, 1, 50)
            try Task.checkCancellation()
            guard ready > 0 else { continue }
            let count = buffer.withUnsafeMutableBytes { readBytes(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    func write(_ bytes: [UInt8], to stream: LogLine.Stream) {
        let descriptor = stream == .output ? STDOUT_FILENO : STDERR_FILENO
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    var sizes: AsyncStream<ConsoleSize> {
        AsyncStream { continuation in
            guard isTerminal else { return continuation.finish() }
            // A source may be cancelled from any thread; its protocol does not say so.
            nonisolated(unsafe) let changes = DispatchSource.makeSignalSource(signal: SIGWINCH)
            let report: @Sendable () -> Void = { if let size = Self.size { continuation.yield(size) } }
            changes.setEventHandler(handler: report)
            continuation.onTermination = { _ in changes.cancel() }
            changes.resume()
            report()
        }
    }

    private static var size: ConsoleSize? {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return ConsoleSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// While the body runs, keys reach the program as they are pressed, unprinted and uninterpreted.
    func withRawKeys<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        var before = termios()
        guard isTerminal, tcgetattr(STDIN_FILENO, &before) == 0 else { return try await body() }
        var raw = before
        cfmakeraw(&raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        let cooked = before
        defer {
            var cooked = cooked
            tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked)
        }
        return try await body()
    }
}

private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
