extension DockerClient {
    /// Creates a network.
    /// - Returns: The network's ID.
    /// - Throws: `.conflict` when the name is taken; `.permissionDenied` (status 403) when the subnet overlaps another.
    public func createNetwork(_ config: NetworkConfig) async throws(EngineError) -> String {
        struct Created: Decodable {
            var Id: String
        }
        var request = network("create network \(config.name)", .post, ["create"])
        request.body = try .json(config, operation: request.operation)
        let created: Created = try await decoded(request)
        return created.Id
    }

    /// The networks that carry all of the labels; their members are not told.
    public func listNetworks(labels: [String: String?] = [:]) async throws(EngineError) -> [NetworkDetails] {
        let operation = "list networks"
        let filters = try filterQuery(["label": labelFilter(labels)], operation: operation)
        return try await decoded(network(operation, .get, [], ["filters": filters]))
    }

    /// All that is known about a network, its members included.
    public func inspectNetwork(_ name: String) async throws(EngineError) -> NetworkDetails {
        try await decoded(network("inspect network \(name)", .get, [name]))
    }

    /// Removes a network.
    /// - Throws: `.permissionDenied` (status 403) while a container is attached to it.
    public func removeNetwork(_ name: String) async throws(EngineError) {
        try await performed(network("remove network \(name)", .delete, [name]))
    }

    /// Attaches a container to a further network.
    public func connectContainer(_ container: String, to attachment: NetworkAttachment) async throws(EngineError) {
        struct Connection: Encodable {
            var Container: String
            var EndpointConfig: NetworkAttachment
        }
        let operation = "connect container \(container) to network \(attachment.name)"
        var request = network(operation, .post, [attachment.name, "connect"])
        let connection = Connection(Container: container, EndpointConfig: attachment)
        request.body = try .json(connection, operation: operation)
        try await performed(request)
    }

    /// Detaches a container from a network.
    /// - Parameter force: Also when the container does not exist any more.
    public func disconnectContainer(
        _ container: String,
        from name: String,
        force: Bool = false
    ) async throws(EngineError) {
        struct Disconnection: Encodable {
            var Container: String
            var Force: Bool
        }
        let operation = "disconnect container \(container) from network \(name)"
        var request = network(operation, .post, [name, "disconnect"])
        request.body = try .json(Disconnection(Container: container, Force: force), operation: operation)
        try await performed(request)
    }

    private func network(
        _ operation: String,
        _ method: EngineRequest.Method,
        _ path: [String],
        _ query: [String: String?] = [:]
    ) -> EngineRequest {
        EngineRequest(operation: operation, method: method, path: ["networks"] + path, query: query)
    }
}
