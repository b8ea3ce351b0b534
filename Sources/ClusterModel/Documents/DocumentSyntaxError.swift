/// Text that is not valid JSON: where it stops being valid and why.
public struct DocumentSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name as the user gave it.
    public var source: String
    /// Counted from 1.
    public var line: Int
    /// Counted from 1, in characters.
    public var column: Int
    /// What was found there and what was expected.
    public var reason: String

    /// An error at a place.
    public init(source: String, line: Int, column: Int, reason: String) {
        self.source = source
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `file:line:column: reason`, which editors can jump to.
    public var description: String { "\(source):\(line):\(column): \(reason)" }
}
