import NIOCore

/// How an image is to be built.
public struct BuildOptions: Sendable, Equatable {
    /// The image's name, `REPOSITORY:TAG`; nil for an unnamed one.
    public var tag: String?
    /// The path of the Dockerfile inside the context.
    public var dockerfile = "Dockerfile"
    /// Labels for the image.
    public var labels: [String: String] = [:]
    /// Values for the Dockerfile's `ARG`s.
    public var arguments: [String: String] = [:]
    /// The network of the build's commands, as in `host`; nil for the engine's default.
    public var networkMode: String?
    /// Runs every step anew.
    public var noCache = false
    /// Asks the registry for newer base images.
    public var pull = false

    /// A build with the engine's defaults.
    public init(tag: String? = nil) {
        self.tag = tag
    }
}

extension DockerClient {
    /// Builds an image; the build ends when the stream does, and a step that fails is thrown from it as `.serverError`.
    /// - Parameter context: A tar archive with the Dockerfile and what it copies.
    public func buildImage(
        context: [UInt8],
        _ options: BuildOptions
    ) async throws(EngineError) -> EngineStream<BuildProgress> {
        let operation = "build image \(options.tag ?? "without a name")"
        var request = EngineRequest(operation: operation, method: .post, path: ["build"])
        request.query = [
            "t": options.tag,
            "dockerfile": options.dockerfile,
            "labels": try jsonQuery(options.labels, operation: operation),
            "buildargs": try jsonQuery(options.arguments, operation: operation),
            "networkmode": options.networkMode,
            "nocache": options.noCache ? "1" : nil,
            "pull": options.pull ? "1" : nil,
            "forcerm": "1",
        ]
        request.body = .tar(ByteBuffer(bytes: context))
        request.limit = .seconds(600)
        return try await streamed(request, ProgressDecoder<BuildLine>(operation: operation))
    }

    /// Pulls an image; the pull ends when the stream does, and a failure is thrown from it.
    ///
    /// - Parameter login: What the registry is told; without, only public images can be pulled.
    public func pullImage(
        _ name: String,
        login: RegistryLogin? = nil
    ) async throws(EngineError) -> EngineStream<PullProgress> {
        let reference = ImageReference(name)
        let query: [String: String?] = ["fromImage": reference.repository, "tag": reference.tag]
        var request = image("pull image \(name)", .post, ["create"], query)
        request.headers = login.map { ["X-Registry-Auth": $0.header] } ?? [:]
        request.limit = .seconds(600)
        return try await streamed(request, ProgressDecoder<PullLine>(operation: request.operation))
    }
}
