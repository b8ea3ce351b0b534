public import DockerEngine
internal import Orchestration

extension ClusterError {
    /// What the engine answered, in the terms of cluster operations.
    init(_ error: EngineError) {
        let code: Code =
            switch error.code {
            case .unreachable, .connectionLost, .tlsFailed: .unreachable
            case .permissionDenied: .permissionDenied
            case .invalidAddress: .invalid
            case .unsupportedVersion: .unreachable
            case .notFound: .notFound
            case .conflict: .conflict
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: .failed
            }
        let status = error.status.map { "the engine answered \($0): " } ?? ""
        self.init(code, operation: error.operation, message: status + error.message, advice: error.advice)
    }
}

extension DockerClient {
    /// A client for the engine that the environment names (`DOCKER_HOST` and so on); nothing is asked of it yet.
    /// Throws a `ClusterError` when the environment makes no sense.
    public static func fromEnvironment(_ environment: [String: String]) async throws -> DockerClient {
        try await onEngine { try await DockerClient(address: .fromEnvironment(environment)) }
    }
}

/// Runs engine calls and turns their errors into cluster errors.
func onEngine<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as EngineError {
        throw ClusterError(error)
    }
}
