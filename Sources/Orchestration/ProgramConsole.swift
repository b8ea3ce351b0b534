/// What a program that runs in a container is connected to.
public protocol ProgramConsole: Sendable {
    /// True when a person sits at it: the program then gets a terminal of its own, and keys such as Ctrl-C are its business.
    var isTerminal: Bool { get }
    /// Environment variables that the program should see.
    var environment: [String: String] { get }
    /// The terminal's size, now and whenever it changes; nothing where there is no terminal.
    var sizes: AsyncStream<ConsoleSize> { get }
    /// What was typed or piped in; `nil` at its end.
    func read() async throws -> [UInt8]?
    /// Takes what the program printed.
    func write(_ bytes: [UInt8], to stream: LogLine.Stream)
}

/// The size of a terminal in characters.
public struct ConsoleSize: Sendable, Equatable {
    /// Characters in a line.
    public var columns: Int
    /// Lines.
    public var rows: Int

    /// A size.
    public init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}
