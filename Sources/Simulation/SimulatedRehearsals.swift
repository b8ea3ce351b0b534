internal import ClusterModel
public import Orchestration

/// Dry runs and trials on simulated clusters.
public struct SimulatedRehearsals: RehearsalServices {
    /// Rehearsals; nothing is made before one begins.
    public init() {}

    /// A dry run on top of a real backend, which is only asked and never changed.
    public func dryRun(over backend: any ClusterBackend) -> any DryRun { SimulatedDryRun(DryRunBackend(over: backend)) }

    /// Runs a script on simulated clusters again and again, with other faults each time, and checks what must never happen.
    public func test(
        _ trial: Trial,
        script: @escaping TrialScript,
        progress: @escaping ProgressHandler
    ) async throws -> TrialReport {
        try await TrialBench(trial: trial, script: script, progress: progress).run()
    }
}

private struct SimulatedDryRun: DryRun {
    private let rehearsed: DryRunBackend

    init(_ backend: DryRunBackend) { rehearsed = backend }

    var backend: any RehearsedBackend { rehearsed }

    func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await withTaskExecutorPreference(rehearsed.executor) {
            // Only what is resumed goes to that executor; what has not waited yet is still where it was.
            await Task.yield()
            return try await body()
        }
    }

    func report() async -> DryRunReport { await rehearsed.report() }
}
