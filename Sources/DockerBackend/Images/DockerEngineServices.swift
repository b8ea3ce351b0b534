public import DockerEngine
public import Orchestration

/// Images and examination of a Docker Engine.
public struct DockerEngineServices: EngineServices {
    let client: DockerClient
    let backend: DockerClusterBackend

    /// Services of an engine. Nothing is asked of it yet.
    public init(client: DockerClient) {
        self.client = client
        self.backend = DockerClusterBackend(client: client)
    }

    /// The images that pgbc uses, whether there or not.
    public func images() async throws -> [ImageReport] {
        var reports: [ImageReport] = []
        for image in BundledImage.all { reports.append(try await onEngine { try await report(image) }) }
        return reports
    }

    /// Builds those of the bundled images that are asked for, or all. What is there and unchanged is left alone unless forced.
    public func buildImages(
        _ names: [String],
        force: Bool,
        progress: @escaping ProgressHandler
    ) async throws -> [ImageReport] {
        for name in names where !BundledImage.all.contains(where: { $0.name == name }) {
            throw ClusterError(
                .notFound,
                operation: "build image \(name)",
                message: "pgbc brings no recipe for it",
                advice: "it has \(BundledImage.all.map(\.name).joined(separator: " and "))"
            )
        }
        for image in BundledImage.all where names.isEmpty || names.contains(image.name) {
            try await onEngine { try await build(image, force: force, progress: progress) }
        }
        return try await images()
    }

    private func build(_ image: BundledImage, force: Bool, progress: ProgressHandler) async throws {
        if !force, try await client.inspectImage(image.name)?.labels[Self.fingerprintLabel] == image.fingerprint {
            progress("\(image.name) is there and up to date")
            return
        }
        progress("building \(image.name)")
        var options = BuildOptions(tag: image.name)
        options.labels = [Self.fingerprintLabel: image.fingerprint]
        options.noCache = force
        // Packages are fetched during the build: with the host's own network, because that is the one that works.
        options.networkMode = "host"
        for try await event in try await client.buildImage(context: TarArchive(image.context).bytes, options) {
            switch event {
            case .output(let text):
                for line in text.split(whereSeparator: \.isNewline) { progress(String(line)) }
            case .pull(let pull): progress([pull.id, pull.status].compactMap { $0 }.joined(separator: " "))
            case .image: break
            }
        }
    }

    private func report(_ image: BundledImage) async throws -> ImageReport {
        let found = try await client.inspectImage(image.name)
        return ImageReport(
            name: image.name,
            purpose: image.purpose,
            id: found.map { String($0.id.split(separator: ":").last?.prefix(12) ?? "") },
            bytes: found?.size
        )
    }

    /// The label that tells from which context an image was built.
    static let fingerprintLabel = "pgbc.context"
}
