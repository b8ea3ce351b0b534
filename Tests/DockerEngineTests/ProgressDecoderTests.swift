import NIOCore
import Testing

@testable import DockerEngine

@Suite struct ProgressDecoderTests {
    private let build = """
        {"status":"Pulling from library/debian","id":"bookworm-slim"}\r
        {"status":"Downloading","progressDetail":{"current":10,"total":20},"progress":"[=>]","id":"6bb0"}\r
        {"stream":"Step 1/2 : FROM debian\\n"}\r
        \r
        {"aux":{"ID":"sha256:abc"}}
        """

    private func decode(_ pieces: [[UInt8]]) throws -> [BuildProgress] {
        var decoder = ProgressDecoder<BuildLine>(operation: "build image x")
        var steps: [BuildProgress] = []
        for piece in pieces {
            decoder.append(ByteBuffer(bytes: piece))
            while let step = try decoder.next() { steps.append(step) }
        }
        while let step = try decoder.finish() { steps.append(step) }
        return steps
    }

    @Test func `lines are read wherever the chunks are cut, the last one without an end too`() throws {
        let expected: [BuildProgress] = [
            .pull(PullProgress(status: "Pulling from library/debian", id: "bookworm-slim")),
            .pull(PullProgress(status: "Downloading", id: "6bb0", current: 10, total: 20)),
            .output("Step 1/2 : FROM debian\n"),
            .image(id: "sha256:abc"),
        ]
        let bytes = Array(build.utf8)
        for cut in 0...bytes.count {
            #expect(try decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
        }
        #expect(try decode(bytes.map { [$0] }) == expected)
    }

    @Test func `a failure inside the stream is thrown with the engine's text`() throws {
        let line = #"{"errorDetail":{"code":1,"message":"The command returned 1"},"error":"The command returned 1"}"#
        let error = try #require(throws: EngineError.self) { try decode([Array(line.utf8)]) }
        #expect(error.code == .serverError)
        #expect(error.description == "build image x: The command returned 1")
    }

    @Test func `a line that is no JSON is a protocol error`() throws {
        let error = try #require(throws: EngineError.self) { try decode([Array("<html>\n".utf8)]) }
        #expect(error.code == .protocolError)
    }
}
