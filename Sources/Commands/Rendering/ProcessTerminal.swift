#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Foundation

/// The standard streams of this process.
public struct ProcessTerminal: Terminal {
    /// The standard streams of this process.
    public init() {}

    /// Whether the standard output is a terminal.
    public var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Whether the standard error is a terminal.
    public var errorsAreTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    /// Whether the standard input is a terminal.
    public var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
    /// The environment of this process.
    public var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The window's size; 80 by 24 when it is not known.
    public var size: (columns: Int, lines: Int) {
        var window = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// Writes all of the text, in pieces if need be; what nobody reads any more is dropped.
    public func write(_ text: String, to stream: OutputStream) {
        let descriptor = stream == .output ? STDOUT_FILENO : STDERR_FILENO
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { posixWrite(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Waits for a line; ends when the task is cancelled.
    @concurrent
    public func readLine() async throws -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&input, 1, 100)
            try Task.checkCancellation()
            guard ready > 0 else { continue }
            guard read(STDIN_FILENO, &byte, 1) == 1 else { break }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Reads to the end of the input.
    public func readAll() throws -> [UInt8] {
        [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
