import NIOCore

/// Takes apart the two outputs that the engine sends over one connection.
///
/// Every frame has a header of eight bytes: the stream (1 output, 2 error, 3 the engine's own error), three zeros, and the length of
/// what follows, big-endian. Source: Engine API, "Attach to a container", stream format.
struct FrameDecoder: ChunkDecoder {
    private static let headerLength = 8

    private enum Kind {
        case output(OutputChunk.Stream)
        case engineError
    }

    private let operation: String
    private var buffer = ByteBuffer()
    private var current: (kind: Kind, remaining: Int)?
    private var engineError: [UInt8] = []

    init(operation: String) {
        self.operation = operation
    }

    mutating func append(_ chunk: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(chunk)
    }

    mutating func next() throws -> OutputChunk? {
        while let frame = try current ?? readHeader() {
            guard frame.remaining > 0 else {
                try end(frame.kind)
                continue
            }
            guard let bytes = buffer.readBytes(length: min(frame.remaining, buffer.readableBytes)), !bytes.isEmpty
            else { return nil }
            current = (frame.kind, frame.remaining - bytes.count)
            switch frame.kind {
            case .output(let stream): return OutputChunk(stream: stream, bytes: bytes)
            case .engineError: engineError += bytes
            }
        }
        return nil
    }

    mutating func finish() throws -> OutputChunk? {
        guard (current?.remaining ?? 0) == 0, buffer.readableBytes == 0 else {
            throw EngineError(
                code: .connectionLost,
                operation: operation,
                message: "the output ended in the middle of a frame"
            )
        }
        return nil
    }

    private mutating func readHeader() throws -> (kind: Kind, remaining: Int)? {
        guard buffer.readableBytes >= Self.headerLength,
            let stream = buffer.readInteger(as: UInt8.self),
            buffer.readBytes(length: 3) != nil,
            let length = buffer.readInteger(as: UInt32.self)
        else { return nil }
        let frame = (kind: try kind(stream), remaining: Int(length))
        current = frame
        return frame
    }

    private func kind(_ stream: UInt8) throws -> Kind {
        switch stream {
        case 0, 1: return .output(.stdout)
        case 2: return .output(.stderr)
        case 3: return .engineError
        default:
            throw EngineError(
                code: .protocolError,
                operation: operation,
                message: "the output has a frame of unknown kind \(stream)"
            )
        }
    }

    private mutating func end(_ kind: Kind) throws {
        current = nil
        guard case .engineError = kind else { return }
        let text = String(decoding: engineError, as: UTF8.self)
        throw EngineError(code: .serverError, operation: operation, message: text)
    }
}

/// Hands on the output of a terminal, which has no frames.
struct RawDecoder: ChunkDecoder {
    private var buffer = ByteBuffer()

    mutating func append(_ chunk: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(chunk)
    }

    mutating func next() -> OutputChunk? {
        guard let bytes = buffer.readBytes(length: buffer.readableBytes), !bytes.isEmpty else { return nil }
        return OutputChunk(stream: .stdout, bytes: bytes)
    }

    mutating func finish() -> OutputChunk? { nil }
}

/// Hands on bytes of any kind.
struct ByteDecoder: ChunkDecoder {
    private var raw = RawDecoder()

    mutating func append(_ chunk: ByteBuffer) { raw.append(chunk) }
    mutating func next() -> [UInt8]? { raw.next()?.bytes }
    mutating func finish() -> [UInt8]? { nil }
}
