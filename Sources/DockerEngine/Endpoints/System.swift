extension DockerClient {
    /// Asks whether the engine answers.
    /// - Throws: What is in the way.
    public func ping() async throws(EngineError) {
        try await performed(EngineRequest(operation: "ping the engine", method: .get, path: ["_ping"]))
    }

    /// The engine's release and API versions.
    public func version() async throws(EngineError) -> EngineVersion {
        try await decoded(EngineRequest(operation: "read the engine's version", method: .get, path: ["version"]))
    }

    /// The engine's settings and its host.
    public func info() async throws(EngineError) -> EngineInfo {
        try await decoded(EngineRequest(operation: "read the engine's settings", method: .get, path: ["info"]))
    }
}

extension DockerClient {
    /// What happens on the engine from now on.
    /// - Parameter filters: Names with the values that they may have, as in `["type": ["container"], "label": ["a=b"]]`.
    public func events(filters: [String: [String]] = [:]) async throws(EngineError) -> EngineStream<EngineEvent> {
        let operation = "follow the engine's events"
        let query = ["filters": try filterQuery(filters, operation: operation)]
        let request = EngineRequest(operation: operation, method: .get, path: ["events"], query: query)
        return try await streamed(request, JSONLineDecoder(operation: operation))
    }
}
