extension DockerClient {
    /// A container's output, past and, when followed, future.
    /// - Parameters:
    ///   - follow: Goes on until the container ends.
    ///   - tail: Only so many lines of the past; nil for all.
    ///   - since: Seconds since 1970; nil for the beginning.
    ///   - timestamps: Puts the time, as RFC 3339, in front of each line.
    public func logs(
        _ container: String,
        follow: Bool = false,
        tail: Int? = nil,
        since: Int? = nil,
        timestamps: Bool = false
    ) async throws(EngineError) -> EngineStream<OutputChunk> {
        let query: [String: String?] = [
            "stdout": "1",
            "stderr": "1",
            "follow": follow ? "1" : nil,
            "tail": tail.map { "\($0)" },
            "since": since.map { "\($0)" },
            "timestamps": timestamps ? "1" : nil,
        ]
        let operation = "read the logs of container \(container)"
        // Before API 1.42 the answer does not say whether it has frames; the container's terminal does.
        let details: ContainerDetails = try await decoded(self.container(operation, .get, [container, "json"]))
        let request = self.container(operation, .get, [container, "logs"], query)
        guard details.tty else { return try await streamed(request, FrameDecoder(operation: operation)) }
        return try await streamed(request, RawDecoder())
    }
}
