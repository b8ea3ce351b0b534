/// Where output goes and answers come from.
public protocol Terminal: Sendable {
    /// Whether the standard output is seen by a person.
    var outputIsTerminal: Bool { get }
    /// Whether the standard error is seen by a person.
    var errorsAreTerminal: Bool { get }
    /// Whether questions can be answered.
    var inputIsTerminal: Bool { get }
    /// Columns and lines of the window.
    var size: (columns: Int, lines: Int) { get }
    /// Environment variables.
    var environment: [String: String] { get }
    /// Writes as it is; a line's end is not added.
    func write(_ text: String, to stream: OutputStream)
    /// The next line of the input without its end; `nil` at its end.
    func readLine() async throws -> String?
    /// All of the input that is left.
    func readAll() throws -> [UInt8]
}

/// One of the two streams of output.
public enum OutputStream: Sendable {
    case output, errors
}

extension Terminal {
    /// Whether a stream is seen by a person.
    func isTerminal(_ stream: OutputStream) -> Bool {
        stream == .output ? outputIsTerminal : errorsAreTerminal
    }

    /// Whether a stream gets colours: a terminal, unless NO_COLOR is set or the terminal is a dumb one.
    func hasColour(_ stream: OutputStream) -> Bool {
        isTerminal(stream) && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}
