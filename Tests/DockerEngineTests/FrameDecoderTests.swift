import NIOCore
import StubEngine
import Testing

@testable import DockerEngine

@Suite struct FrameDecoderTests {
    private let frames = frame(1, Array("hello".utf8)) + frame(2, Array("oops".utf8)) + frame(1, []) + frame(1, [7])

    /// Decodes the pieces and joins what belongs to one output.
    private func decode(_ pieces: [[UInt8]]) throws -> (stdout: [UInt8], stderr: [UInt8]) {
        var decoder = FrameDecoder(operation: "test")
        var result = ExecResult(exitCode: 0, stdout: [], stderr: [])
        for piece in pieces {
            decoder.append(ByteBuffer(bytes: piece))
            while let chunk = try decoder.next() { result.take(chunk) }
        }
        #expect(try decoder.finish() == nil)
        return (result.stdout, result.stderr)
    }

    @Test func `frames are told apart wherever the chunks are cut`() throws {
        for first in 0...frames.count {
            for second in first...frames.count {
                let pieces = [Array(frames[..<first]), Array(frames[first..<second]), Array(frames[second...])]
                let (stdout, stderr) = try decode(pieces)
                #expect(stdout == Array("hello".utf8) + [7])
                #expect(stderr == Array("oops".utf8))
            }
        }
    }

    @Test func `frames are told apart byte by byte`() throws {
        let (stdout, stderr) = try decode(frames.map { [$0] })
        #expect(stdout == Array("hello".utf8) + [7])
        #expect(stderr == Array("oops".utf8))
    }

    @Test func `a large frame is handed on before all of it is there`() throws {
        var decoder = FrameDecoder(operation: "test")
        decoder.append(ByteBuffer(bytes: frame(1, [1, 2, 3]).dropLast()))
        #expect(try decoder.next() == OutputChunk(stream: .stdout, bytes: [1, 2]))
        #expect(try decoder.next() == nil)
    }

    @Test func `an end inside a frame is a lost connection`() throws {
        for length in 1..<frame(1, [1, 2, 3]).count {
            var decoder = FrameDecoder(operation: "read logs")
            decoder.append(ByteBuffer(bytes: frame(1, [1, 2, 3]).prefix(length)))
            while try decoder.next() != nil {}
            let error = try #require(throws: EngineError.self) { try decoder.finish() }
            #expect(error.code == .connectionLost)
        }
    }

    @Test func `the engine's own error frame is thrown with its text`() throws {
        var decoder = FrameDecoder(operation: "read logs")
        decoder.append(ByteBuffer(bytes: frame(3, Array("log driver gone".utf8))))
        let error = try #require(throws: EngineError.self) { try decoder.next() }
        #expect(error.code == .serverError)
        #expect(error.description == "read logs: log driver gone")
    }

    @Test func `an unknown kind of frame is a protocol error`() throws {
        var decoder = FrameDecoder(operation: "read logs")
        decoder.append(ByteBuffer(string: "plain text"))
        let error = try #require(throws: EngineError.self) { try decoder.next() }
        #expect(error.code == .protocolError)
    }
}
