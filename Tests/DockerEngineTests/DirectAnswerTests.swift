import Testing

@testable import DockerEngine

@Suite struct DirectAnswerTests {
    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nhello",
    ])
    func `an answer is whole however it arrives`(text: String) throws {
        for size in 1...text.utf8.count {
            var reader = DirectAnswerReader(maximumBytes: 100)
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                try reader.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(try reader.finish().body == Array("hello".utf8), "in pieces of \(size)")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
    ])
    func `an answer that ends too early is cut, not short`(text: String) throws {
        var reader = DirectAnswerReader(maximumBytes: 100)
        try reader.take(Array(text.utf8)[...])
        #expect(!reader.isComplete)
        #expect(throws: DirectError.cut) { try reader.finish() }
    }

    @Test func `what is no HTTP, or more than was asked for, is refused`() {
        #expect(throws: DirectError.self) {
            var reader = DirectAnswerReader(maximumBytes: 100)
            try reader.take(Array("SSH-2.0-OpenSSH\r\n\r\n".utf8)[...])
        }
        #expect(throws: DirectError.self) {
            var reader = DirectAnswerReader(maximumBytes: 4)
            try reader.take(Array("HTTP/1.1 200 OK\r\n\r\nhello".utf8)[...])
        }
    }

    @Test func `the names of fields are in lower case`() throws {
        var reader = DirectAnswerReader(maximumBytes: 100)
        try reader.take(Array("HTTP/1.1 404 Not Found\r\nApi-Version: 1.51\r\nContent-Length: 0\r\n\r\n".utf8)[...])
        let answer = try reader.finish()
        #expect(answer.status == 404)
        #expect(answer.fields["api-version"] == "1.51")
        #expect(reader.isComplete)
    }
}
