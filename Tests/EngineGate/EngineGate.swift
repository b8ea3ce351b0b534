public import DockerEngine
import Foundation

/// Whether the tests against a real engine run: when one answers, and in CI always, so that a missing engine fails there.
public enum EngineGate {
    /// True when an engine answers, and in CI.
    public static func isOpen() async -> Bool {
        if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        guard let client = try? await DockerClient(address: address()) else { return false }
        let answered: Void? = try? await client.ping()
        await client.shutdown()
        return answered != nil
    }

    /// The engine of the environment.
    public static func address() throws(EngineError) -> EngineAddress {
        try EngineAddress.fromEnvironment(ProcessInfo.processInfo.environment)
    }
}
