/// What the stub does with a request.
public enum StubAnswer: Sendable {
    /// A whole answer.
    case reply(Int, String = "")
    /// A whole answer with its own head lines.
    case replyWith([String], String)
    /// Status 200 and a body in these chunks.
    case chunks([[UInt8]])
    /// Chunks, and then the connection is closed in the middle of the body.
    case cut([[UInt8]])
    /// Nothing, and the connection is closed.
    case drop
    /// A body without a length that ends with the connection.
    case untilClosed([[UInt8]])
    /// Chunks, and then nothing until the client closes the connection.
    case unfinished([[UInt8]])
    /// Nothing, until the client closes the connection.
    case hang
    /// Status 101, bytes in the same write, and then each piece of input sent back as a frame of standard output.
    case takeOver(first: [UInt8])

    /// The bytes that are written at once, piece by piece. Every head names the engine's version.
    func pieces(_ apiVersion: String?) -> [[UInt8]] {
        let version = apiVersion.map { ["Api-Version: \($0)"] } ?? []
        let chunkedHead = Self.head(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"] + version)
        return switch self {
        case .reply(let status, let body):
            [Self.head(["HTTP/1.1 \(status) Stub", "Content-Length: \(body.utf8.count)"] + version) + Array(body.utf8)]
        case .replyWith(let lines, let body):
            [Self.head(lines + ["Content-Length: \(body.utf8.count)"] + version) + Array(body.utf8)]
        case .chunks(let chunks):
            [chunkedHead] + chunks.map(Self.chunk) + [Array("0\r\n\r\n".utf8)]
        case .cut(let chunks), .unfinished(let chunks):
            [chunkedHead] + chunks.map(Self.chunk)
        case .untilClosed(let chunks):
            [Self.head(["HTTP/1.1 200 OK"] + version)] + chunks
        case .hang, .drop:
            []
        case .takeOver(let first):
            [Self.head(["HTTP/1.1 101 UPGRADED", "Connection: Upgrade", "Upgrade: tcp"]) + first]
        }
    }

    /// Whether the stub closes the connection afterwards.
    var closes: Bool {
        switch self {
        case .cut, .untilClosed, .drop: true
        default: false
        }
    }

    private static func head(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + Array("\r\n".utf8)
    }
}

/// A frame of multiplexed output.
public func frame(_ stream: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    let length = UInt32(bytes.count).bigEndian
    return [stream, 0, 0, 0] + withUnsafeBytes(of: length) { Array($0) } + bytes
}
