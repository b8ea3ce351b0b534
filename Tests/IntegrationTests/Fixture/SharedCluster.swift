import Testing

/// Gives all tests of a suite one running cluster; each test leaves it as healthy as it found it.
struct SharedCluster: SuiteTrait, TestScoping {
    @TaskLocal static var current: Cluster?

    /// What stands in its topology.
    let balancers: String

    @concurrent
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withCluster { cluster in
            try cluster.describe(balancers)
            try await cluster.succeed("init", "--config", "cluster.lua")
            try await Self.$current.withValue(cluster) { try await function() }
        }
    }

    /// The cluster of the suite that the running test belongs to.
    static var running: Cluster {
        get throws { try #require(current, "this suite has no .cluster trait") }
    }
}

extension Trait where Self == SharedCluster {
    /// One cluster with these balancers for the whole suite.
    static func cluster(_ balancers: String) -> Self { SharedCluster(balancers: balancers) }
}
