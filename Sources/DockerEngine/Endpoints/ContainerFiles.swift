import NIOCore

extension DockerClient {
    /// Unpacks a tar archive inside a container, running or not.
    /// - Parameters:
    ///   - archive: The archive's bytes; ``TarArchive/bytes`` makes them.
    ///   - path: An existing directory of the container.
    public func upload(
        _ archive: [UInt8],
        to container: String,
        at path: String
    ) async throws(EngineError) {
        let operation = "upload to container \(container) at \(path)"
        var request = self.container(operation, .put, [container, "archive"], ["path": path])
        request.body = .tar(ByteBuffer(bytes: archive))
        request.limit = .seconds(300)
        try await performed(request)
    }

    /// Unpacks an archive inside a container, running or not.
    public func upload(_ archive: TarArchive, to container: String, at path: String) async throws(EngineError) {
        try await upload(archive.bytes, to: container, at: path)
    }

    /// A file, or a directory with all below it, as a tar archive whose paths begin with the last part of `path`.
    /// - Parameter maximumBytes: A larger archive is refused with `.protocolError`.
    public func download(
        _ path: String,
        from container: String,
        maximumBytes: Int = 64 << 20
    ) async throws(EngineError) -> [UInt8] {
        var request = archive(path, of: container)
        request.limit = .seconds(300)
        request.maximumBytes = maximumBytes
        return Array(try await transport.collect(request).body.readableBytesView)
    }

    /// The same archive as ``download(_:from:maximumBytes:)`` gives, as it arrives.
    public func streamDownload(
        _ path: String,
        from container: String
    ) async throws(EngineError) -> EngineStream<[UInt8]> {
        try await streamed(archive(path, of: container), ByteDecoder())
    }

    /// One file's contents; nil where the container, or the path, does not exist.
    public func downloadFile(_ path: String, from container: String) async throws(EngineError) -> [UInt8]? {
        let found = try await optional { () async throws(EngineError) -> [UInt8] in
            try await download(path, from: container)
        }
        guard let found else { return nil }
        do {
            return try TarArchive(bytes: found).entries.first { $0.kind == .file }?.contents
        } catch {
            throw EngineError(undecodable: error, operation: archive(path, of: container).operation)
        }
    }

    private func archive(_ path: String, of container: String) -> EngineRequest {
        let operation = "download \(path) from container \(container)"
        return self.container(operation, .get, [container, "archive"], ["path": path])
    }
}
