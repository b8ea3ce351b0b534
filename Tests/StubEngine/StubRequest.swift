import Foundation
internal import NIOCore

/// A request as the stub read it off the wire.
public struct StubRequest: Sendable {
    /// "GET", "POST", …
    public var method: String
    /// Path and query, escaped, with the API version.
    public var target: String
    /// By their names in lower case.
    public var headers: [String: String]
    /// The whole of it.
    public var body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Takes a whole request off the buffer's front; nil while it is incomplete.
    static func read(from buffer: inout ByteBuffer) -> StubRequest? {
        let text = String(buffer: buffer)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
        }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: text[..<end.upperBound].utf8.count)
        let body: [UInt8]?
        if headers["transfer-encoding"] == "chunked" {
            body = readChunks(&rest)
        } else {
            body = rest.readBytes(length: headers["content-length"].flatMap { Int($0) } ?? 0)
        }
        guard let body else { return nil }
        buffer = rest
        return StubRequest(method: words[0], target: words[1], headers: headers, body: body)
    }

    private static func readChunks(_ buffer: inout ByteBuffer) -> [UInt8]? {
        var body: [UInt8] = []
        while let lineEnd = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = buffer.readString(length: lineEnd - buffer.readerIndex + 1) ?? ""
            guard let length = Int(line.filter { !$0.isWhitespace }, radix: 16) else { return nil }
            guard let chunk = buffer.readBytes(length: length + 2) else { return nil }
            if length == 0 { return body }
            body += chunk.dropLast(2)
        }
        return nil
    }
}
