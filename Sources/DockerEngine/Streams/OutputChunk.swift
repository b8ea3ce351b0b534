/// A piece of a process's output, as it came; its borders mean nothing.
public struct OutputChunk: Sendable, Equatable {
    /// The two outputs of a process.
    public enum Stream: Sendable {
        /// Standard output; with a terminal, everything.
        case stdout
        /// Standard error.
        case stderr
    }

    /// Which output it came from.
    public var stream: Stream
    /// The bytes themselves.
    public var bytes: [UInt8]

    /// A piece of one of the outputs.
    public init(stream: Stream, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }

    /// The bytes as UTF-8; a character cut at a border reads as a replacement character.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
