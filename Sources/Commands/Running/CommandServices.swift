public import Orchestration
public import PluginAPI

/// What the executable hands to the commands. Nothing of it is used before a command needs it.
public struct CommandServices: Sendable {
    /// Opens the engine for clusters, with the balancers of the plugins that fit; called at most once.
    public var backend: @Sendable ([BalancerSupport]) async throws -> any ClusterBackend
    /// Opens the engine for images and for examining it; called for each use.
    public var engine: @Sendable () async throws -> any EngineServices
    /// What else contributes primitives, recipes and takers of events.
    public var plugins: [any Plugin]
    /// Runs scripts where nothing real can be harmed; `nil` where that is not wanted.
    public var rehearsals: (any RehearsalServices)?

    /// Sends requests over HTTP for scripts; `nil` where that is not wanted.
    public var web: (any WebClient)?

    /// Services.
    public init(
        backend: @escaping @Sendable ([BalancerSupport]) async throws -> any ClusterBackend,
        engine: @escaping @Sendable () async throws -> any EngineServices,
        plugins: [any Plugin] = [],
        rehearsals: (any RehearsalServices)? = nil,
        web: (any WebClient)? = nil
    ) {
        self.backend = backend
        self.engine = engine
        self.plugins = plugins
        self.rehearsals = rehearsals
        self.web = web
    }
}
