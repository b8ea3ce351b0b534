internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// Telling a running balancer, in the way that its driver declares, of what has changed.
extension StepWork {
    /// Writes the balancer's files anew and has it read them. Where pgbc's agent is, it reads the control volume by itself.
    func notify(_ balancer: BalancerSpec) async throws -> String? {
        let support = try backend.drivers.support(for: balancer)
        switch support.notice {
        case .controlVolume: return nil
        case .atStart: return "\(balancer.name) takes it over when it starts"
        case .signal(let signal):
            return try await onRunning(balancer) {
                try await client.killContainer(balancer.containerName, signal: signal)
            }
        case .program(let words):
            return try await onRunning(balancer) { try await run(words, in: balancer, to: "have it read its files") }
        }
    }

    private func onRunning(_ balancer: BalancerSpec, _ tell: () async throws -> Void) async throws -> String? {
        let files = try await files(of: balancer)
        do {
            try await client.upload(files, to: balancer.containerName, at: "/")
            try await tell()
        } catch let error as EngineError {
            guard error.code == .notFound || error.code == .conflict else { throw error }
            return "\(balancer.containerName) does not run: it reads its configuration when it starts"
        }
        return nil
    }

    /// Runs a program of the driver in the balancer's container; throws what it said when it does not end with code 0.
    func run(_ words: [String], in balancer: BalancerSpec, to operation: String) async throws {
        let result = try await client.runExec(balancer.containerName, words, limit: .seconds(30))
        guard result.exitCode != 0 else { return }
        throw ClusterError(
            .failed,
            operation: "\(operation): \(balancer.name)",
            message: "\(words.joined(separator: " ")) ended with code \(result.exitCode) in \(balancer.containerName)",
            details: (result.stderrText + result.stdoutText).split(separator: "\n").suffix(8).map(String.init)
        )
    }
}
