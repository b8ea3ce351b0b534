internal import ClusterModel
public import DockerEngine
public import Orchestration

/// Clusters on a Docker Engine. The engine's labels and the cluster's control volume hold all of its state; nothing is kept here.
public struct DockerClusterBackend: ClusterBackend {
    let client: DockerClient
    let logins: RegistryLogins
    let memory = RunMemory()
    let drivers: DriverTable

    /// A backend on an engine. Nothing is asked of the engine yet.
    ///
    /// - Parameters:
    ///   - logins: Where images are pulled from as whom.
    ///   - drivers: balancers that it can run, besides pgpool-II and pgBalancer.
    public init(client: DockerClient, logins: RegistryLogins = .none, drivers: [BalancerSupport] = []) {
        self.client = client
        self.logins = logins
        self.drivers = DriverTable(adding: drivers)
    }

    /// Where ports that are published on an address are reached: there, or for every address this machine or the engine's.
    func host(for bindAddress: String) -> String {
        bindAddress == "0.0.0.0" ? client.address.remoteHost ?? "127.0.0.1" : bindAddress
    }

    /// Names of the clusters that the engine holds, in order.
    public func clusters() async throws -> [String] {
        try await onEngine {
            async let containers = client.listContainers(labels: [Label.cluster: nil])
            async let volumes = client.listVolumes(labels: [Label.cluster: nil])
            let labels = try await containers.map(\.labels) + volumes.map(\.labels)
            return Set(labels.compactMap { $0[Label.cluster] }).sorted()
        }
    }

    /// Runs SQL as the superuser on a node or, without one, through the balancer.
    public func query(_ query: SQLQuery, on target: Target) async throws -> SQLResult {
        let endpoint: PostgresEndpoint = try await onEngine {
            try await self.endpoint(of: target, role: .superuser, database: query.database)
        }
        do {
            return try await PostgresSession.run(query, on: endpoint)
        } catch let error as PostgresError {
            if error.kind == .connection { memory.forgetSecrets() }
            throw ClusterError(error, operation: "run SQL on \(target.name)")
        }
    }

    /// The rows of a statement, a batch at a time, through a cursor.
    public func rows(_ query: SQLQuery, on target: Target, batch: Int) async throws -> any RowSource {
        let endpoint: PostgresEndpoint = try await onEngine {
            try await self.endpoint(of: target, role: .superuser, database: query.database)
        }
        return RowCursor(query, on: endpoint, batch: batch, what: target.name)
    }

    /// Runs a program in a container and collects what it prints.
    public func execute(_ command: [String], on target: Target) async throws -> CommandResult {
        try await onEngine {
            // As long as it takes: a load for hours, a backup. Who wants a bound sets one with `timeout`.
            let result = try await client.runExec(try await container(of: target), command, limit: .seconds(7 * 86_400))
            return CommandResult(exitCode: result.exitCode, output: result.stdoutText, errors: result.stderrText)
        }
    }

    /// The log of a container, oldest line first.
    public func logs(of target: Target, options: LogOptions) async throws -> AsyncThrowingStream<LogLine, any Error> {
        try await onEngine {
            let container = try await container(of: target)
            return LogLines.stream(of: try await client.logs(container, follow: options.follow, tail: options.tail))
        }
    }

    /// A libpq connection string for clients on this machine; it contains the superuser's password.
    public func connectionString(for target: Target, database: String?) async throws -> String {
        // It is kept elsewhere: somebody else may have changed the password since this process read it.
        memory.forgetSecrets()
        return try await onEngine {
            try await endpoint(of: target, role: .superuser, database: database).connectionString
        }
    }
}

extension ClusterError {
    init(_ error: PostgresError, operation: String) {
        switch error.kind {
        case .connection:
            self.init(.failed, operation: operation, message: error.message, advice: "pgbc status tells what is not up")
        case .timedOut:
            self.init(.timedOut, operation: operation, message: error.message, advice: "pgbc status tells what hangs")
        case .statement(let state):
            self.init(.failed, operation: operation, message: "\(error.message) (SQLSTATE \(state))")
        }
    }
}
