import AsyncHTTPClient
import NIOCore

extension DockerClient {
    /// Makes an image of one layer from a tar file of a root directory, without holding the file in memory.
    /// - Parameter tag: The image's name, `REPOSITORY:TAG`.
    /// - Throws: `.badRequest` when the file cannot be opened.
    public func importImage(
        file path: String,
        as tag: String
    ) async throws(EngineError) -> EngineStream<PullProgress> {
        let reference = ImageReference(tag)
        let query: [String: String?] = ["fromSrc": "-", "repo": reference.repository, "tag": reference.tag]
        var request = image("import image \(tag) from \(path)", .post, ["create"], query)
        let file = try FileChunks.open(path, operation: request.operation)
        request.body = .tarStream(.stream(file, length: .unknown))
        request.limit = .seconds(600)
        return try await streamed(request, ProgressDecoder<PullLine>(operation: request.operation))
    }
}
