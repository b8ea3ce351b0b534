/// Takes an HTTP/1.1 answer apart as it arrives: a body with a length, in chunks, or up to the end of the connection.
struct DirectAnswerReader {
    private enum Body {
        case length(Int)
        case chunks
        case untilClosed
    }

    private let maximumBytes: Int
    private var buffer: [UInt8] = []
    private var head: (status: Int, fields: [String: String], body: Body)?
    private var body: [UInt8] = []
    private(set) var isComplete = false

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    mutating func take(_ bytes: ArraySlice<UInt8>) throws(DirectError) {
        buffer += bytes
        if head == nil { try readHead() }
        guard let head else { return }
        switch head.body {
        case .length(let length):
            body += buffer
            buffer = []
            isComplete = body.count >= length
        case .chunks: try readChunks()
        case .untilClosed:
            body += buffer
            buffer = []
        }
        guard body.count <= maximumBytes else { throw .malformed("an answer of more than \(maximumBytes) bytes") }
    }

    /// The answer, once it is complete or the connection has ended.
    func finish() throws(DirectError) -> DirectAnswer {
        guard let head else { throw .cut }
        if !isComplete {
            guard case .untilClosed = head.body else { throw .cut }
        }
        return DirectAnswer(status: head.status, fields: head.fields, body: body)
    }

    private mutating func readHead() throws(DirectError) {
        guard let end = endOfHead else {
            guard buffer.count <= 1 << 16 else { throw .malformed("a head of more than 64 KiB") }
            return
        }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        buffer.removeSubrange(..<(end + 4))
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw .malformed("an answer that is no HTTP")
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        head = (status, fields, Self.kind(status, fields))
        isComplete = status == 204 || status == 304
    }

    private static func kind(_ status: Int, _ fields: [String: String]) -> Body {
        if fields["transfer-encoding"]?.lowercased() == "chunked" { return .chunks }
        return fields["content-length"].flatMap { Int($0) }.map { .length($0) } ?? .untilClosed
    }

    private var endOfHead: Int? {
        var index = 0
        while index + 3 < buffer.count {
            if buffer[index] == 13, buffer[index + 1] == 10, buffer[index + 2] == 13, buffer[index + 3] == 10 {
                return index
            }
            index += 1
        }
        return nil
    }

    private mutating func readChunks() throws(DirectError) {
        var start = 0
        defer { buffer.removeSubrange(..<start) }
        while let lineEnd = buffer[start...].firstIndex(of: 10) {
            let line = String(decoding: buffer[start..<lineEnd], as: UTF8.self)
            guard let length = Int(line.prefix { $0.isHexDigit }, radix: 16) else {
                throw .malformed("a chunk without a length")
            }
            let end = lineEnd + 1 + length
            guard buffer.count >= end + 2 else { return }
            body += buffer[(lineEnd + 1)..<end]
            start = end + 2
            if length == 0 {
                isComplete = true
                return
            }
        }
    }
}
