import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decodes a stream with one JSON object on each line.
struct JSONLineDecoder<Line: Decodable & Sendable>: ChunkDecoder {
    private let operation: String
    private var buffer = ByteBuffer()
    /// How much of the buffer is known to hold no line's end.
    private var searched = 0

    init(operation: String) {
        self.operation = operation
    }

    mutating func append(_ chunk: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(chunk)
    }

    mutating func next() throws -> Line? {
        while let line = readLine() {
            if let value = try decode(line) { return value }
        }
        return nil
    }

    mutating func finish() throws -> Line? {
        searched = 0
        return try buffer.readSlice(length: buffer.readableBytes).flatMap { try decode($0) }
    }

    private mutating func readLine() -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let end = view.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) else {
            searched = view.count
            return nil
        }
        searched = 0
        return buffer.readSlice(length: end - view.startIndex + 1)
    }

    /// A blank line has no value.
    private func decode(_ line: ByteBuffer) throws -> Line? {
        let bytes = line.readableBytesView
        guard bytes.contains(where: { $0 > UInt8(ascii: " ") }) else { return nil }
        do {
            return try JSONDecoder().decode(Line.self, from: Data(bytes))
        } catch {
            throw EngineError(undecodable: error, operation: operation)
        }
    }
}

/// Decodes the lines of a build, pull or import, where a failure arrives as a line after a status of 200.
struct ProgressDecoder<Line: ProgressLine>: ChunkDecoder {
    private let operation: String
    private var lines: JSONLineDecoder<Either>

    private struct Either: Decodable, Sendable {
        let failure: String?
        let progress: Line.Progress?

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields()
            let detail = try fields.object("errorDetail")?.decodeIfPresent(String.self, forKey: "message")
            failure = try detail ?? fields.decodeIfPresent(String.self, forKey: "error")
            progress = failure == nil ? try Line(from: decoder).progress : nil
        }
    }

    init(operation: String) {
        self.operation = operation
        lines = JSONLineDecoder(operation: operation)
    }

    mutating func append(_ chunk: ByteBuffer) {
        lines.append(chunk)
    }

    mutating func next() throws -> Line.Progress? {
        while let line = try lines.next() {
            if let progress = try judge(line) { return progress }
        }
        return nil
    }

    mutating func finish() throws -> Line.Progress? {
        try lines.finish().flatMap { try judge($0) }
    }

    private func judge(_ line: Either) throws -> Line.Progress? {
        if let failure = line.failure {
            throw EngineError(code: .serverError, operation: operation, message: failure)
        }
        return line.progress
    }
}

/// The shape of one line of a build or pull, and what it means; nil where it means nothing to anybody.
protocol ProgressLine: Decodable, Sendable {
    associatedtype Progress: Sendable
    var progress: Progress? { get }
}
