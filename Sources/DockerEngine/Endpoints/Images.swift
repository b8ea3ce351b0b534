extension DockerClient {
    /// The images that carry all of the labels.
    public func listImages(labels: [String: String?] = [:]) async throws(EngineError) -> [ImageSummary] {
        let operation = "list images"
        let filters = try filterQuery(["label": labelFilter(labels)], operation: operation)
        return try await decoded(image(operation, .get, ["json"], ["filters": filters]))
    }

    /// All that is known about an image; nil where the engine has none of that name or ID.
    public func inspectImage(_ name: String) async throws(EngineError) -> ImageDetails? {
        let request = image("inspect image \(name)", .get, segments(name) + ["json"])
        return try await optional { () async throws(EngineError) -> ImageDetails in try await decoded(request) }
    }

    /// Removes a name of an image, and with its last name the image.
    /// - Throws: `.conflict` while a container uses it.
    public func removeImage(_ name: String, force: Bool = false) async throws(EngineError) {
        try await performed(image("remove image \(name)", .delete, segments(name), ["force": force ? "1" : nil]))
    }

    /// Gives an image a further name.
    /// - Parameter tag: `REPOSITORY:TAG`.
    public func tagImage(_ name: String, as tag: String) async throws(EngineError) {
        let reference = ImageReference(tag)
        let query: [String: String?] = ["repo": reference.repository, "tag": reference.tag]
        try await performed(image("tag image \(name) as \(tag)", .post, segments(name) + ["tag"], query))
    }

    func image(
        _ operation: String,
        _ method: EngineRequest.Method,
        _ path: [String],
        _ query: [String: String?] = [:]
    ) -> EngineRequest {
        EngineRequest(operation: operation, method: method, path: ["images"] + path, query: query)
    }

    /// An image's name with its slashes as those of the path, which is how the engine routes it.
    private func segments(_ name: String) -> [String] {
        name.split(separator: "/").map(String.init)
    }
}

/// The two parts of an image's name; the colon of a registry's port is not a tag's, and a digest stands in a tag's place.
struct ImageReference: Equatable {
    var repository: String
    var tag: String

    /// A name without a tag means `latest`.
    init(_ name: String) {
        if let at = name.lastIndex(of: "@") {
            repository = String(name[..<at])
            tag = String(name[name.index(after: at)...])
            return
        }
        let lastSlash = name.lastIndex(of: "/") ?? name.startIndex
        if let colon = name.lastIndex(of: ":"), colon > lastSlash {
            repository = String(name[..<colon])
            tag = String(name[name.index(after: colon)...])
        } else {
            repository = name
            tag = "latest"
        }
    }
}
