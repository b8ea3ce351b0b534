extension DockerClient {
    /// Creates a container without starting it.
    /// - Returns: The container's ID.
    /// - Throws: `.conflict` when the name is taken, `.notFound` when the image, or a network, does not exist.
    public func createContainer(_ name: String, _ config: ContainerConfig) async throws(EngineError) -> String {
        struct Created: Decodable {
            var Id: String
        }
        var request = container("create container \(name)", .post, ["create"], ["name": name])
        request.body = try .json(config, operation: request.operation)
        let created: Created = try await decoded(request)
        return created.Id
    }

    /// Starts a container.
    /// - Returns: False when it was running already.
    @discardableResult
    public func startContainer(_ container: String) async throws(EngineError) -> Bool {
        let request = self.container("start container \(container)", .post, [container, "start"])
        return try await performed(request) != 304
    }

    /// Asks a container to stop and kills it when it has not after the timeout.
    /// - Parameter timeout: Whole seconds; nil for the container's own setting.
    /// - Returns: False when it was stopped already.
    @discardableResult
    public func stopContainer(_ container: String, timeout: Int? = nil) async throws(EngineError) -> Bool {
        let query = ["t": timeout.map { "\($0)" }]
        var request = self.container("stop container \(container)", .post, [container, "stop"], query)
        request.limit += .seconds(timeout ?? Self.longestStopTimeout)
        return try await performed(request) != 304
    }

    /// Stops a container, as ``stopContainer(_:timeout:)`` does, and starts it again.
    public func restartContainer(_ container: String, timeout: Int? = nil) async throws(EngineError) {
        let query = ["t": timeout.map { "\($0)" }]
        var request = self.container("restart container \(container)", .post, [container, "restart"], query)
        request.limit += .seconds(timeout ?? Self.longestStopTimeout)
        try await performed(request)
    }

    /// Ends all of a container's processes at once. The engine does not start it again by itself.
    /// - Throws: `.conflict` when it is not running.
    public func killContainer(_ container: String) async throws(EngineError) {
        let operation = "kill container \(container)"
        try await performed(self.container(operation, .post, [container, "kill"], ["signal": "SIGKILL"]))
    }

    /// Freezes all of a container's processes.
    public func pauseContainer(_ container: String) async throws(EngineError) {
        try await performed(self.container("pause container \(container)", .post, [container, "pause"]))
    }

    /// Lets a paused container go on.
    public func unpauseContainer(_ container: String) async throws(EngineError) {
        try await performed(self.container("unpause container \(container)", .post, [container, "unpause"]))
    }

    /// Gives a container another name.
    public func renameContainer(_ container: String, to name: String) async throws(EngineError) {
        let operation = "rename container \(container) to \(name)"
        try await performed(self.container(operation, .post, [container, "rename"], ["name": name]))
    }

    /// Removes a container. On an engine of version 20.10 an archive request that is under way on it meanwhile can empty
    /// every volume that it mounts.
    /// - Parameters:
    ///   - force: Kills it first when it runs.
    ///   - volumes: Removes its anonymous volumes too; named ones always stay.
    public func removeContainer(
        _ container: String,
        force: Bool = false,
        volumes: Bool = false
    ) async throws(EngineError) {
        let query: [String: String?] = ["force": force ? "1" : nil, "v": volumes ? "1" : nil]
        try await performed(self.container("remove container \(container)", .delete, [container], query))
    }

    /// The containers that carry all of the labels.
    /// - Parameters:
    ///   - all: Those that do not run too.
    ///   - labels: A label and its value; nil for any value.
    public func listContainers(
        all: Bool = true,
        labels: [String: String?] = [:]
    ) async throws(EngineError) -> [ContainerSummary] {
        let operation = "list containers"
        let filters = try filterQuery(["label": labelFilter(labels)], operation: operation)
        return try await decoded(container(operation, .get, ["json"], ["all": all ? "1" : nil, "filters": filters]))
    }

    /// All that is known about a container.
    public func inspectContainer(_ container: String) async throws(EngineError) -> ContainerDetails {
        try await decoded(self.container("inspect container \(container)", .get, [container, "json"]))
    }

    /// Waits for a container's process to end.
    /// - Returns: The exit code.
    /// - Throws: `.timedOut` when it has not ended within the limit.
    public func waitForContainer(
        _ container: String,
        condition: WaitCondition = .notRunning,
        limit: Duration = .seconds(60)
    ) async throws(EngineError) -> Int {
        struct Ended: Decodable {
            var StatusCode: Int
        }
        let query = ["condition": condition.rawValue]
        var request = self.container("wait for container \(container)", .post, [container, "wait"], query)
        request.limit = limit
        let ended: Ended = try await decoded(request)
        return ended.StatusCode
    }

    /// What a container's own stop timeout is taken to be at most, in seconds, where the call does not set one.
    private static let longestStopTimeout = 300

    func container(
        _ operation: String,
        _ method: EngineRequest.Method,
        _ path: [String],
        _ query: [String: String?] = [:]
    ) -> EngineRequest {
        EngineRequest(operation: operation, method: method, path: ["containers"] + path, query: query)
    }
}

/// What ``DockerClient/waitForContainer(_:condition:limit:)`` waits for.
public enum WaitCondition: String, Sendable {
    /// Returns at once when the container does not run.
    case notRunning = "not-running"
    /// The next end of a run, also of one that has not begun.
    case nextExit = "next-exit"
    /// The container's removal.
    case removed
}
