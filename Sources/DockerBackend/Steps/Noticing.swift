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
            return try await onRunning(balancer) { try await send(signal, to: balancer.containerName) }
        case .program(let words):
            return try await onRunning(balancer) {
                try await run(words, in: balancer.containerName, to: "have \(balancer.name) read its files")
            }
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

    /// Runs a program in a container as root; throws what it said when it does not end with code 0.
    func run(_ words: [String], in container: String, to operation: String) async throws {
        let result = try await client.runExec(container, words, user: "0", limit: .seconds(30))
        guard result.exitCode != 0 else { return }
        throw ClusterError(
            .failed,
            operation: operation,
            message: "\(words.joined(separator: " ")) ended with code \(result.exitCode) in \(container)",
            details: (result.stderrText + result.stdoutText).split(separator: "\n").suffix(8).map(String.init)
        )
    }
}
