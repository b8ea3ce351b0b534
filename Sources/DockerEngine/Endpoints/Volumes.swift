extension DockerClient {
    /// Creates a volume; one that exists with the name is returned as it is, labels unchanged.
    @discardableResult
    public func createVolume(
        _ name: String,
        labels: [String: String] = [:]
    ) async throws(EngineError) -> VolumeDetails {
        struct Wanted: Encodable {
            var Name: String
            var Labels: [String: String]
        }
        var request = volume("create volume \(name)", .post, ["create"])
        request.body = try .json(Wanted(Name: name, Labels: labels), operation: request.operation)
        return try await decoded(request)
    }

    /// The volumes that carry all of the labels.
    public func listVolumes(labels: [String: String?] = [:]) async throws(EngineError) -> [VolumeDetails] {
        struct List: Decodable {
            var Volumes: [VolumeDetails]?
        }
        let operation = "list volumes"
        let filters = try filterQuery(["label": labelFilter(labels)], operation: operation)
        let list: List = try await decoded(volume(operation, .get, [], ["filters": filters]))
        return list.Volumes ?? []
    }

    /// All that is known about a volume.
    public func inspectVolume(_ name: String) async throws(EngineError) -> VolumeDetails {
        try await decoded(volume("inspect volume \(name)", .get, [name]))
    }

    /// Removes a volume and what is on it.
    /// - Parameter force: Succeeds when it does not exist.
    /// - Throws: `.conflict` while a container, running or not, uses it.
    public func removeVolume(_ name: String, force: Bool = false) async throws(EngineError) {
        try await performed(volume("remove volume \(name)", .delete, [name], ["force": force ? "1" : nil]))
    }

    private func volume(
        _ operation: String,
        _ method: EngineRequest.Method,
        _ path: [String],
        _ query: [String: String?] = [:]
    ) -> EngineRequest {
        EngineRequest(operation: operation, method: method, path: ["volumes"] + path, query: query)
    }
}
