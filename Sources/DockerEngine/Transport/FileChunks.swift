import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's contents in pieces, read off the cooperative threads.
struct FileChunks: AsyncSequence, Sendable {
    private static let chunkSize = 1 << 20
    private let file: OpenFile

    static func open(_ path: String, operation: String) throws(EngineError) -> FileChunks {
        let descriptor = systemOpen(path)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw EngineError(code: .badRequest, operation: operation, message: "cannot read \(path): \(reason)")
        }
        return FileChunks(file: OpenFile(descriptor: descriptor))
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(file: file)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let file: OpenFile

        mutating func next() async throws -> ByteBuffer? {
            let chunk = try await NIOThreadPool.singleton.runIfActive { [file] in
                try file.read(upTo: FileChunks.chunkSize)
            }
            return chunk.readableBytes == 0 ? nil : chunk
        }
    }
}

/// An open descriptor, closed when nobody holds it any more.
private final class OpenFile: Sendable {
    private let descriptor: CInt

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The next bytes; none at the file's end.
    func read(upTo count: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            let length = systemRead(descriptor, target)
            guard length >= 0 else { throw IOError(errnoCode: errno, reason: "read") }
            return length
        }
        return buffer
    }

    deinit {
        _ = close(descriptor)
    }
}

private func systemOpen(_ path: String) -> CInt {
    open(path, O_RDONLY | O_CLOEXEC)
}

private func systemRead(_ descriptor: CInt, _ target: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, target.baseAddress, target.count)
}
