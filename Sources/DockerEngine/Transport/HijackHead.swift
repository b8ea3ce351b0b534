import NIOCore

/// The head of the answer to a request that takes the connection over.
struct HijackHead: Equatable {
    var status: UInt
    /// The length of a refusal's body; nil where it is not told.
    var contentLength: Int?

    /// Whether what follows are the raw bytes of the command.
    var isTakenOver: Bool { status == 101 || status == 200 }

    /// Reads the head off the buffer's front, the empty line included; nil while it is incomplete.
    /// - Throws: ``Malformed`` where it is no HTTP head, or has more than 64 KiB.
    static func read(from buffer: inout ByteBuffer) throws(Malformed) -> HijackHead? {
        let view = buffer.readableBytesView
        guard let end = endOfHead(view) else {
            guard view.count <= 1 << 16 else { throw Malformed() }
            return nil
        }
        let lines = String(decoding: view[..<end], as: UTF8.self).split(separator: "\r\n")
        buffer.moveReaderIndex(to: end)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = UInt(words[1]) else { throw Malformed() }
        return HijackHead(status: status, contentLength: contentLength(lines.dropFirst()))
    }

    struct Malformed: Error {}

    private static func endOfHead(_ view: ByteBufferView) -> Int? {
        var rest = view
        while let index = rest.firstIndex(of: UInt8(ascii: "\r")) {
            rest = rest[index...]
            if rest.starts(with: "\r\n\r\n".utf8) { return index + 4 }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func contentLength(_ fields: ArraySlice<Substring>) -> Int? {
        for field in fields {
            let parts = field.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].filter { $0 != " " })
        }
        return nil
    }
}
